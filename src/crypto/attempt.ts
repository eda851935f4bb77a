// OpenSSL tells about bad input by failing: a point off its curve, wrong padding, a tag that does not match. Node turns that
// into an exception. Here it becomes undefined, so that mechanisms judge it where they see it, as any other check.

/** What `work` gives, or undefined where OpenSSL refused its input. Anything else that is thrown is a defect and passes through. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    // The one catch beside dispatch and store: node:crypto has no other way to say "no".
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** What Node says where OpenSSL gave no reason: of a wrong tag, and of wrapped data that is not authentic. */
const withoutCode = ['Unsupported state or unable to authenticate data', 'Trying to add data in unsupported state'];

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^ERR_(OSSL|CRYPTO)_/.test(code) || withoutCode.includes(error.message);
}
