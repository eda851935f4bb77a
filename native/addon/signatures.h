#pragma once

#include <napi.h>

// The functions of src/crypto/native.ts.
void add_signatures(Napi::Env env, Napi::Object exports);

Napi::Value sign_digest(const Napi::CallbackInfo &info);
Napi::Value verify_digest(const Napi::CallbackInfo &info);

Napi::Value sign_rsa_pkcs1(const Napi::CallbackInfo &info);
Napi::Value verify_rsa_pkcs1(const Napi::CallbackInfo &info);
Napi::Value sign_rsa_pss(const Napi::CallbackInfo &info);
Napi::Value verify_rsa_pss(const Napi::CallbackInfo &info);

Napi::Value sign_message(const Napi::CallbackInfo &info);
Napi::Value verify_message(const Napi::CallbackInfo &info);

Napi::Value encrypt_rsa(const Napi::CallbackInfo &info);
Napi::Value decrypt_rsa(const Napi::CallbackInfo &info);

Napi::Value sign_post_quantum(const Napi::CallbackInfo &info);
Napi::Value verify_post_quantum(const Napi::CallbackInfo &info);
Napi::Value raw_private(const Napi::CallbackInfo &info);

Napi::Value agree(const Napi::CallbackInfo &info);

Napi::Value load_hash(const Napi::CallbackInfo &info);
Napi::Value hash_whole(const Napi::CallbackInfo &info);
Napi::Value load_mac(const Napi::CallbackInfo &info);
Napi::Value mac_whole(const Napi::CallbackInfo &info);
Napi::Value forget_hmac(const Napi::CallbackInfo &info);
Napi::Value encrypt_nulls(const Napi::CallbackInfo &info);
Napi::Value fill_random(const Napi::CallbackInfo &info);

Napi::Value load_cipher(const Napi::CallbackInfo &info);
Napi::Value cipher_whole(const Napi::CallbackInfo &info);
Napi::Value load_aead(const Napi::CallbackInfo &info);
Napi::Value seal_whole(const Napi::CallbackInfo &info);
Napi::Value open_whole(const Napi::CallbackInfo &info);
Napi::Value forget_aead(const Napi::CallbackInfo &info);

Napi::Value begin_blake2b(const Napi::CallbackInfo &info);
Napi::Value update_blake2b(const Napi::CallbackInfo &info);
Napi::Value finish_blake2b(const Napi::CallbackInfo &info);

Napi::Value load_legacy_provider(const Napi::CallbackInfo &info);
Napi::Value begin_rc2(const Napi::CallbackInfo &info);
Napi::Value pad_rc2(const Napi::CallbackInfo &info);
Napi::Value update_rc2(const Napi::CallbackInfo &info);
Napi::Value finish_rc2(const Napi::CallbackInfo &info);

Napi::Value lms_subtree(const Napi::CallbackInfo &info);
Napi::Value lmots_sign(const Napi::CallbackInfo &info);
Napi::Value lms_leaf(const Napi::CallbackInfo &info);
Napi::Value xmss_leaf(const Napi::CallbackInfo &info);
Napi::Value seed_generator(const Napi::CallbackInfo &info);
