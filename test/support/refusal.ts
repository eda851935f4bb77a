// What a call was refused with, for codes that pkcs11js has no name for: it tells their number in one place or in the other.

export const refusal = (act: () => unknown): number | undefined => {
  try {
    act();
  } catch (error) {
    const { code, message } = error as Error & { code?: number };
    return code ?? Number(/^CKR_VENDOR_DEFINED:(\d+)$/.exec(message)?.[1]);
  }
  return undefined;
};
