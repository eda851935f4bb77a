// ML-DSA and SLH-DSA over a whole message: with a context, deterministic or not, and with the encoding of FIPS 204 §5.2 and FIPS 205
// §10.2 left to the caller, who needs it otherwise for the variants that hash first.

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "key.h"
#include "signatures.h"
#include "trace.h"

using Message = std::unique_ptr<EVP_MD_CTX, Released<EVP_MD_CTX_free>>;

// Not in the headers of OpenSSL 3.0, which may be what is installed beside a node whose own OpenSSL is newer.
static const char *const CONTEXT = "context-string";
static const char *const ENCODING = "message-encoding";
static const char *const DETERMINISTIC = "deterministic";

static const std::initializer_list<const char *> TYPES = {
    "ML-DSA-44",          "ML-DSA-65",          "ML-DSA-87",          "SLH-DSA-SHA2-128s",  "SLH-DSA-SHA2-128f",
    "SLH-DSA-SHA2-192s",  "SLH-DSA-SHA2-192f",  "SLH-DSA-SHA2-256s",  "SLH-DSA-SHA2-256f",  "SLH-DSA-SHAKE-128s",
    "SLH-DSA-SHAKE-128f", "SLH-DSA-SHAKE-192s", "SLH-DSA-SHAKE-192f", "SLH-DSA-SHAKE-256s", "SLH-DSA-SHAKE-256f",
};

static Message ready(const Key &key, bool signing, const Napi::Object &variant) {
    const Bytes context = bytes_of(variant.Get("context"));
    int encoded = variant.Get("encoded").ToBoolean() ? 0 : 1, deterministic = variant.Get("deterministic").ToBoolean() ? 1 : 0;
    OSSL_PARAM parameters[4], *next = parameters;
    *next++ = OSSL_PARAM_construct_int(ENCODING, &encoded);
    if (signing)
        *next++ = OSSL_PARAM_construct_int(DETERMINISTIC, &deterministic);
    if (context.size != 0)
        *next++ = OSSL_PARAM_construct_octet_string(CONTEXT, context.data, context.size);
    *next = OSSL_PARAM_construct_end();

    Message message(EVP_MD_CTX_new());
    const auto init = signing ? EVP_DigestSignInit_ex : EVP_DigestVerifyInit_ex;
    if (!message || init(message.get(), nullptr, nullptr, nullptr, nullptr, key.pkey(), parameters) != 1)
        return nullptr;
    return message;
}

Napi::Value sign_post_quantum(const Napi::CallbackInfo &info) {
    const Key *key = Key::of(info[0], TYPES);
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes data = bytes_of(info[1]), out = bytes_of(info[2]);
    const Message message = ready(*key, true, info[3].As<Napi::Object>());
    size_t length = out.size;
    Trace::mark(MARK_COMPUTING);
    if (!message || EVP_DigestSign(message.get(), out.data, &length, data.data, data.size) != 1)
        return refuse_openssl(info.Env(), "signing");
    Trace::mark(MARK_COMPUTED);
    return Napi::Number::New(info.Env(), static_cast<double>(length));
}

Napi::Value verify_post_quantum(const Napi::CallbackInfo &info) {
    const Key *key = Key::of(info[0], TYPES);
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes data = bytes_of(info[1]), signature = bytes_of(info[2]);
    const Message message = ready(*key, false, info[3].As<Napi::Object>());
    if (!message)
        return refuse_openssl(info.Env(), "verifying");
    const int result = EVP_DigestVerify(message.get(), signature.data, signature.size, data.data, data.size);
    return Napi::Boolean::New(info.Env(), verified(result));
}

Napi::Value raw_private(const Napi::CallbackInfo &info) {
    const Key *key = Key::of(info[0], {"ML-DSA-44", "ML-DSA-65", "ML-DSA-87", "ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes out = bytes_of(info[1]);
    size_t length = 0;
    if (EVP_PKEY_get_octet_string_param(key->pkey(), OSSL_PKEY_PARAM_PRIV_KEY, out.data, out.size, &length) != 1)
        return refuse_openssl(info.Env(), "reading a private key");
    return Napi::Number::New(info.Env(), static_cast<double>(length));
}
