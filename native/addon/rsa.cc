// RSA signatures over bytes that the caller prepared: the padding is added here, the hash is not taken.

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <vector>

#include "key.h"
#include "signatures.h"
#include "trace.h"

static OSSL_PARAM text(const char *name, std::string &value) {
    return OSSL_PARAM_construct_utf8_string(name, value.data(), 0);
}

static EVP_PKEY_CTX *ready_pkcs1(Key &key, Key::Purpose purpose) {
    std::string padding = OSSL_PKEY_RSA_PAD_MODE_PKCSV15;
    const OSSL_PARAM parameters[] = {text(OSSL_SIGNATURE_PARAM_PAD_MODE, padding), OSSL_PARAM_construct_end()};
    return key.ready(purpose, parameters);
}

static EVP_PKEY_CTX *ready_pss(Key &key, Key::Purpose purpose, const Napi::Object &pss) {
    std::string padding = OSSL_PKEY_RSA_PAD_MODE_PSS;
    std::string hash = pss.Get("hash").As<Napi::String>();
    std::string mgf_hash = pss.Get("mgfHash").As<Napi::String>();
    std::string salt_length = std::to_string(pss.Get("saltLength").As<Napi::Number>().Uint32Value());
    const OSSL_PARAM parameters[] = {
        text(OSSL_SIGNATURE_PARAM_PAD_MODE, padding),
        text(OSSL_SIGNATURE_PARAM_DIGEST, hash),
        text(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, mgf_hash),
        text(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, salt_length),
        OSSL_PARAM_construct_end(),
    };
    return key.ready(purpose, parameters);
}

static Napi::Value sign(const Napi::CallbackInfo &info, EVP_PKEY_CTX *context, const Bytes &data, const Bytes &out) {
    size_t length = out.size;
    Trace::mark(MARK_COMPUTING);
    if (context == nullptr || EVP_PKEY_sign(context, out.data, &length, data.data, data.size) != 1)
        return refuse_openssl(info.Env(), "signing");
    Trace::mark(MARK_COMPUTED);
    return Napi::Number::New(info.Env(), static_cast<double>(length));
}

Napi::Value sign_rsa_pkcs1(const Napi::CallbackInfo &info) {
    Key *key = Key::of(info[0], {"RSA"});
    if (key == nullptr)
        return info.Env().Undefined();
    return sign(info, ready_pkcs1(*key, Key::Purpose::SIGN), bytes_of(info[1]), bytes_of(info[2]));
}

Napi::Value sign_rsa_pss(const Napi::CallbackInfo &info) {
    Key *key = Key::of(info[0], {"RSA"});
    if (key == nullptr)
        return info.Env().Undefined();
    return sign(info, ready_pss(*key, Key::Purpose::SIGN, info[2].As<Napi::Object>()), bytes_of(info[1]), bytes_of(info[3]));
}

Napi::Value verify_rsa_pkcs1(const Napi::CallbackInfo &info) {
    Key *key = Key::of(info[0], {"RSA"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes data = bytes_of(info[1]), signature = bytes_of(info[2]);
    if (signature.size != key->size())
        return Napi::Boolean::New(info.Env(), false);

    EVP_PKEY_CTX *context = ready_pkcs1(*key, Key::Purpose::RECOVER);
    if (context == nullptr)
        return refuse_openssl(info.Env(), "verifying");
    std::vector<uint8_t> recovered(key->size());
    size_t length = recovered.size();
    const bool whole = verified(EVP_PKEY_verify_recover(context, recovered.data(), &length, signature.data, signature.size));
    const bool same = whole && length == data.size && CRYPTO_memcmp(recovered.data(), data.data, length) == 0;
    return Napi::Boolean::New(info.Env(), same);
}

Napi::Value verify_rsa_pss(const Napi::CallbackInfo &info) {
    Key *key = Key::of(info[0], {"RSA"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes digest = bytes_of(info[1]), signature = bytes_of(info[3]);
    EVP_PKEY_CTX *context = ready_pss(*key, Key::Purpose::VERIFY, info[2].As<Napi::Object>());
    if (context == nullptr)
        return refuse_openssl(info.Env(), "verifying");
    const int result = EVP_PKEY_verify(context, signature.data, signature.size, digest.data, digest.size);
    return Napi::Boolean::New(info.Env(), verified(result));
}
