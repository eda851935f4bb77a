#include "signatures.h"

#include "key.h"

void add_signatures(Napi::Env env, Napi::Object exports) {
    exports.Set("loadPrivateKey", Napi::Function::New<load_private_key>(env, "loadPrivateKey"));
    exports.Set("loadPublicKey", Napi::Function::New<load_public_key>(env, "loadPublicKey"));
    exports.Set("signDigest", Napi::Function::New<sign_digest>(env, "signDigest"));
    exports.Set("verifyDigest", Napi::Function::New<verify_digest>(env, "verifyDigest"));
    exports.Set("signRsaPkcs1", Napi::Function::New<sign_rsa_pkcs1>(env, "signRsaPkcs1"));
    exports.Set("verifyRsaPkcs1", Napi::Function::New<verify_rsa_pkcs1>(env, "verifyRsaPkcs1"));
    exports.Set("signRsaPss", Napi::Function::New<sign_rsa_pss>(env, "signRsaPss"));
    exports.Set("verifyRsaPss", Napi::Function::New<verify_rsa_pss>(env, "verifyRsaPss"));
    exports.Set("signMessage", Napi::Function::New<sign_message>(env, "signMessage"));
    exports.Set("verifyMessage", Napi::Function::New<verify_message>(env, "verifyMessage"));
    exports.Set("encryptRsa", Napi::Function::New<encrypt_rsa>(env, "encryptRsa"));
    exports.Set("decryptRsa", Napi::Function::New<decrypt_rsa>(env, "decryptRsa"));
    exports.Set("signPostQuantum", Napi::Function::New<sign_post_quantum>(env, "signPostQuantum"));
    exports.Set("verifyPostQuantum", Napi::Function::New<verify_post_quantum>(env, "verifyPostQuantum"));
    exports.Set("rawPrivate", Napi::Function::New<raw_private>(env, "rawPrivate"));
    exports.Set("agree", Napi::Function::New<agree>(env, "agree"));
    exports.Set("loadHash", Napi::Function::New<load_hash>(env, "loadHash"));
    exports.Set("hashWhole", Napi::Function::New<hash_whole>(env, "hashWhole"));
    exports.Set("loadMac", Napi::Function::New<load_mac>(env, "loadMac"));
    exports.Set("macWhole", Napi::Function::New<mac_whole>(env, "macWhole"));
    exports.Set("forgetHmac", Napi::Function::New<forget_hmac>(env, "forgetHmac"));
    exports.Set("encryptNulls", Napi::Function::New<encrypt_nulls>(env, "encryptNulls"));
    exports.Set("fillRandom", Napi::Function::New<fill_random>(env, "fillRandom"));
    exports.Set("loadCipher", Napi::Function::New<load_cipher>(env, "loadCipher"));
    exports.Set("cipherWhole", Napi::Function::New<cipher_whole>(env, "cipherWhole"));
    exports.Set("loadAead", Napi::Function::New<load_aead>(env, "loadAead"));
    exports.Set("sealWhole", Napi::Function::New<seal_whole>(env, "sealWhole"));
    exports.Set("openWhole", Napi::Function::New<open_whole>(env, "openWhole"));
    exports.Set("forgetAead", Napi::Function::New<forget_aead>(env, "forgetAead"));
    exports.Set("beginBlake2b", Napi::Function::New<begin_blake2b>(env, "beginBlake2b"));
    exports.Set("updateBlake2b", Napi::Function::New<update_blake2b>(env, "updateBlake2b"));
    exports.Set("finishBlake2b", Napi::Function::New<finish_blake2b>(env, "finishBlake2b"));
    exports.Set("loadLegacyProvider", Napi::Function::New<load_legacy_provider>(env, "loadLegacyProvider"));
    exports.Set("beginRc2", Napi::Function::New<begin_rc2>(env, "beginRc2"));
    exports.Set("padRc2", Napi::Function::New<pad_rc2>(env, "padRc2"));
    exports.Set("updateRc2", Napi::Function::New<update_rc2>(env, "updateRc2"));
    exports.Set("finishRc2", Napi::Function::New<finish_rc2>(env, "finishRc2"));
    exports.Set("lmsSubtree", Napi::Function::New<lms_subtree>(env, "lmsSubtree"));
    exports.Set("lmotsSign", Napi::Function::New<lmots_sign>(env, "lmotsSign"));
    exports.Set("lmsLeaf", Napi::Function::New<lms_leaf>(env, "lmsLeaf"));
    exports.Set("xmssLeaf", Napi::Function::New<xmss_leaf>(env, "xmssLeaf"));
    exports.Set("seedGenerator", Napi::Function::New<seed_generator>(env, "seedGenerator"));
}
