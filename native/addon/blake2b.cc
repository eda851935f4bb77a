// BLAKE2b of any length: OpenSSL has it since 3.2, and node:crypto has no way to ask for it.

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "key.h"
#include "refuse.h"
#include "signatures.h"

static const napi_type_tag DIGEST_TAG = {0x4d1be06cf5c1a2e3, 0xb7f4c09a53e8d612};

struct Digest {
    std::unique_ptr<EVP_MD_CTX, Released<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
    size_t size = 0;
};

static Digest *digest_of(const Napi::Value &handle) {
    if (handle.IsExternal() && handle.As<Napi::External<Digest>>().CheckTypeTag(&DIGEST_TAG))
        return handle.As<Napi::External<Digest>>().Data();
    refuse<Napi::TypeError>(handle.Env(), "not a digest");
    return nullptr;
}

Napi::Value begin_blake2b(const Napi::CallbackInfo &info) {
    size_t size = info[0].As<Napi::Number>().Uint32Value();
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_DIGEST_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
    auto digest = std::make_unique<Digest>();
    if (!digest->context || EVP_DigestInit_ex2(digest->context.get(), EVP_blake2b512(), parameters) != 1)
        return refuse_openssl(info.Env(), "BLAKE2b");
    digest->size = size;
    auto handle = Napi::External<Digest>::New(info.Env(), digest.release(), [](Napi::Env, Digest *held) { delete held; });
    handle.TypeTag(&DIGEST_TAG);
    return handle;
}

Napi::Value update_blake2b(const Napi::CallbackInfo &info) {
    Digest *digest = digest_of(info[0]);
    if (digest == nullptr)
        return info.Env().Undefined();
    const Bytes data = bytes_of(info[1]);
    if (EVP_DigestUpdate(digest->context.get(), data.data, data.size) != 1)
        return refuse_openssl(info.Env(), "BLAKE2b");
    return info.Env().Undefined();
}

Napi::Value finish_blake2b(const Napi::CallbackInfo &info) {
    Digest *digest = digest_of(info[0]);
    if (digest == nullptr)
        return info.Env().Undefined();
    const Bytes out = bytes_of(info[1]);
    unsigned length = 0;
    if (out.size < digest->size)
        return refuse(info.Env(), "no room for the digest");
    if (EVP_DigestFinal_ex(digest->context.get(), out.data, &length) != 1)
        return refuse_openssl(info.Env(), "BLAKE2b");
    return Napi::Number::New(info.Env(), length);
}
