// OpenSSL's legacy provider, which Node has and does not load; and RC2 of that provider with a number of effective bits, which
// node:crypto has no way to say.

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "key.h"
#include "refuse.h"
#include "signatures.h"

static constexpr size_t BLOCK = 8;
static const napi_type_tag CIPHER_TAG = {0x71c0e2b95d3f48a6, 0x9a64f80d17b35ec2};

using Context = std::unique_ptr<EVP_CIPHER_CTX, Released<EVP_CIPHER_CTX_free>>;
using Fetched = std::unique_ptr<EVP_CIPHER, Released<EVP_CIPHER_free>>;

Napi::Value load_legacy_provider(const Napi::CallbackInfo &info) {
    // Once a process, whichever thread is first. OpenSSL stops loading the default one by itself when it is told to load any.
    static const bool loaded = OSSL_PROVIDER_load(nullptr, "default") != nullptr && OSSL_PROVIDER_load(nullptr, "legacy") != nullptr;
    return loaded ? info.Env().Undefined() : refuse_openssl(info.Env(), "the legacy provider");
}

static EVP_CIPHER_CTX *context_of(const Napi::Value &handle) {
    if (handle.IsExternal() && handle.As<Napi::External<EVP_CIPHER_CTX>>().CheckTypeTag(&CIPHER_TAG))
        return handle.As<Napi::External<EVP_CIPHER_CTX>>().Data();
    refuse<Napi::TypeError>(handle.Env(), "not a cipher");
    return nullptr;
}

// The key's schedule depends on its length and on the effective bits, so that they have to be there first.
static bool prepare(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, const Bytes &key, size_t bits, const Bytes &iv, int encrypting) {
    size_t length = key.size;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_KEYLEN, &length),
                                     OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_RC2_KEYBITS, &bits), OSSL_PARAM_construct_end()};
    return EVP_CipherInit_ex2(context, cipher, nullptr, nullptr, encrypting, parameters) == 1 &&
           EVP_CipherInit_ex2(context, nullptr, key.data, iv.data, encrypting, nullptr) == 1;
}

// mode, key, effective bits, initialisation vector (empty where the mode has none), decrypting
Napi::Value begin_rc2(const Napi::CallbackInfo &info) {
    const Bytes key = bytes_of(info[1]);
    const size_t bits = info[2].As<Napi::Number>().Uint32Value();
    const Bytes iv = bytes_of(info[3]);
    const int encrypting = info[4].ToBoolean() ? 0 : 1;

    const Fetched cipher{EVP_CIPHER_fetch(nullptr, ("RC2-" + info[0].As<Napi::String>().Utf8Value()).c_str(), nullptr)};
    Context context{EVP_CIPHER_CTX_new()};
    if (!cipher || !context)
        return refuse_openssl(info.Env(), "RC2");
    if (static_cast<size_t>(EVP_CIPHER_get_iv_length(cipher.get())) != iv.size)
        return refuse(info.Env(), "not an initialisation vector of this mode");
    if (!prepare(context.get(), cipher.get(), key, bits, iv, encrypting))
        return refuse_openssl(info.Env(), "RC2");
    auto handle = Napi::External<EVP_CIPHER_CTX>::New(info.Env(), context.release(),
                                                      [](Napi::Env, EVP_CIPHER_CTX *held) { EVP_CIPHER_CTX_free(held); });
    handle.TypeTag(&CIPHER_TAG);
    return handle;
}

Napi::Value pad_rc2(const Napi::CallbackInfo &info) {
    EVP_CIPHER_CTX *context = context_of(info[0]);
    if (context != nullptr)
        EVP_CIPHER_CTX_set_padding(context, info[1].ToBoolean());
    return info.Env().Undefined();
}

Napi::Value update_rc2(const Napi::CallbackInfo &info) {
    EVP_CIPHER_CTX *context = context_of(info[0]);
    if (context == nullptr)
        return info.Env().Undefined();
    const Bytes in = bytes_of(info[1]);
    const Bytes out = bytes_of(info[2]);
    int length = 0;
    if (in.size > INT32_MAX || out.size < in.size + BLOCK)
        return refuse(info.Env(), "no room for what comes out");
    if (EVP_CipherUpdate(context, out.data, &length, in.data, static_cast<int>(in.size)) != 1)
        return refuse_openssl(info.Env(), "RC2");
    return Napi::Number::New(info.Env(), length);
}

// Undefined where the data does not end as it has to.
Napi::Value finish_rc2(const Napi::CallbackInfo &info) {
    EVP_CIPHER_CTX *context = context_of(info[0]);
    if (context == nullptr)
        return info.Env().Undefined();
    const Bytes out = bytes_of(info[1]);
    int length = 0;
    if (out.size < BLOCK)
        return refuse(info.Env(), "no room for what comes out");
    if (!verified(EVP_CipherFinal_ex(context, out.data, &length)))
        return info.Env().Undefined();
    return Napi::Number::New(info.Env(), length);
}
