// Where SoftHSM 2.6.1 is known to differ, and why it is wrong: by the title of the row, which must fail as long as it stands here.
const offersOnly = 'SoftHSM offers it for wrapping in C_GetMechanismInfo, and its C_WrapKey says CKR_MECHANISM_INVALID';

export const differences: Readonly<Record<string, string>> = {
  'wrap AES_KEY_WRAP_PAD, keys of broken blocks':
    'SoftHSM fills the key up with zeros itself before OpenSSL pads it, so that its length is lost (RFC 5649, 3, wants the own one)',
  'wrap DES3_CBC': offersOnly,
  'wrap DES_ECB': offersOnly,
  'wrap DES_CBC': offersOnly,
  'wrap DES_CBC_PAD': offersOnly,
};
