// RSA encryption with the paddings that PKCS#11 names; OAEP's two hashes may differ, which node:crypto cannot express.

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "key.h"
#include "signatures.h"

static OSSL_PARAM text(const char *name, std::string &value) {
    return OSSL_PARAM_construct_utf8_string(name, value.data(), 0);
}

static EVP_PKEY_CTX *ready_plain(Key &key, Key::Purpose purpose, std::string mode) {
    const OSSL_PARAM parameters[] = {text(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, mode), OSSL_PARAM_construct_end()};
    return key.ready(purpose, parameters);
}

static EVP_PKEY_CTX *ready_oaep(Key &key, Key::Purpose purpose, const Napi::Object &oaep) {
    std::string mode = OSSL_PKEY_RSA_PAD_MODE_OAEP;
    std::string hash = oaep.Get("hash").As<Napi::String>();
    std::string mgf_hash = oaep.Get("mgfHash").As<Napi::String>();
    const Bytes label = bytes_of(oaep.Get("label"));
    const OSSL_PARAM parameters[] = {
        text(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, mode),
        text(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, hash),
        text(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, mgf_hash),
        label.size != 0 ? OSSL_PARAM_construct_octet_string(OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, label.data, label.size)
                        : OSSL_PARAM_construct_end(),
        OSSL_PARAM_construct_end(),
    };
    return key.ready(purpose, parameters);
}

// The third argument: "pkcs1", "none", or OAEP's parameters.
static EVP_PKEY_CTX *ready(Key &key, Key::Purpose purpose, const Napi::Value &padding) {
    if (!padding.IsString())
        return ready_oaep(key, purpose, padding.As<Napi::Object>());
    return ready_plain(key, purpose, padding.As<Napi::String>());
}

using Crypt = int (*)(EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);

// Undefined where OpenSSL refuses the data: that is an answer, as in a verification.
static Napi::Value crypt(const Napi::CallbackInfo &info, Key::Purpose purpose, Crypt work) {
    Key *key = Key::of(info[0], {"RSA"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes data = bytes_of(info[1]), out = bytes_of(info[3]);
    EVP_PKEY_CTX *context = ready(*key, purpose, info[2]);
    if (context == nullptr)
        return refuse_openssl(info.Env(), "RSA");
    size_t length = out.size;
    if (!verified(work(context, out.data, &length, data.data, data.size)))
        return info.Env().Undefined();
    return Napi::Number::New(info.Env(), static_cast<double>(length));
}

Napi::Value encrypt_rsa(const Napi::CallbackInfo &info) {
    return crypt(info, Key::Purpose::ENCRYPT, EVP_PKEY_encrypt);
}

Napi::Value decrypt_rsa(const Napi::CallbackInfo &info) {
    return crypt(info, Key::Purpose::DECRYPT, EVP_PKEY_decrypt);
}
