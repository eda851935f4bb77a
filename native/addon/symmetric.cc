// Symmetric operations on data in one piece, with OpenSSL contexts that are kept: making one anew each time, as node:crypto does, costs
// several times what the operation itself does. A context belongs to the thread that made it.

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "key.h"
#include "refuse.h"
#include "short-hash.h"
#include "signatures.h"

static const napi_type_tag HASH_TAG = {0x2f60b7d14c8e93a5, 0xa1d85e37c2f4096b};
static const napi_type_tag MAC_TAG = {0x83c5f91e07ab624d, 0xd46a2b7f9083ce15};

using Fetched = std::unique_ptr<EVP_MAC, Released<EVP_MAC_free>>;
using Keyed = std::unique_ptr<EVP_MAC_CTX, Released<EVP_MAC_CTX_free>>;

template <typename T> static T *held_by(const Napi::Value &handle, const napi_type_tag &tag) {
    if (handle.IsExternal() && handle.As<Napi::External<T>>().CheckTypeTag(&tag))
        return handle.As<Napi::External<T>>().Data();
    refuse<Napi::TypeError>(handle.Env(), "not a handle for this");
    return nullptr;
}

Napi::Value load_hash(const Napi::CallbackInfo &info) {
    auto hash = std::make_unique<ShortHash>(info[0].As<Napi::String>().Utf8Value());
    if (!hash->good())
        return refuse_openssl(info.Env(), "a hash");
    auto handle = Napi::External<ShortHash>::New(info.Env(), hash.release(), [](Napi::Env, ShortHash *held) { delete held; });
    handle.TypeTag(&HASH_TAG);
    return handle;
}

Napi::Value hash_whole(const Napi::CallbackInfo &info) {
    ShortHash *hash = held_by<ShortHash>(info[0], HASH_TAG);
    if (hash == nullptr)
        return info.Env().Undefined();
    const Bytes data = bytes_of(info[1]), out = bytes_of(info[2]);
    if (out.size < hash->size())
        return refuse(info.Env(), "no room for the digest");
    (*hash)(data.data, data.size, out.data);
    if (!hash->good())
        return refuse_openssl(info.Env(), "hashing");
    return Napi::Number::New(info.Env(), static_cast<double>(hash->size()));
}

// HMAC or CMAC, name of the hash or the cipher, key
Napi::Value load_mac(const Napi::CallbackInfo &info) {
    // An empty key is one too, but a null pointer would be none.
    static const uint8_t nothing = 0;
    const std::string kind = info[0].As<Napi::String>();
    std::string name = info[1].As<Napi::String>();
    const Bytes key = bytes_of(info[2]);
    const char *of = kind == "HMAC" ? OSSL_MAC_PARAM_DIGEST : OSSL_MAC_PARAM_CIPHER;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(of, name.data(), 0), OSSL_PARAM_construct_end()};
    const Fetched mac{EVP_MAC_fetch(nullptr, kind.c_str(), nullptr)};
    Keyed context{mac ? EVP_MAC_CTX_new(mac.get()) : nullptr};
    if (!context || EVP_MAC_init(context.get(), key.size != 0 ? key.data : &nothing, key.size, parameters) != 1)
        return refuse_openssl(info.Env(), "a MAC");
    auto handle =
        Napi::External<EVP_MAC_CTX>::New(info.Env(), context.release(), [](Napi::Env, EVP_MAC_CTX *held) { EVP_MAC_CTX_free(held); });
    handle.TypeTag(&MAC_TAG);
    return handle;
}

// Without a key, what is there of it is begun with anew.
Napi::Value mac_whole(const Napi::CallbackInfo &info) {
    EVP_MAC_CTX *context = held_by<EVP_MAC_CTX>(info[0], MAC_TAG);
    if (context == nullptr)
        return info.Env().Undefined();
    const Bytes data = bytes_of(info[1]), out = bytes_of(info[2]);
    size_t length = 0;
    if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1 || EVP_MAC_update(context, data.data, data.size) != 1 ||
        EVP_MAC_final(context, out.data, &length, out.size) != 1)
        return refuse_openssl(info.Env(), "a MAC");
    return info.Env().Undefined();
}

// OpenSSL clears a key when another takes its place.
Napi::Value forget_hmac(const Napi::CallbackInfo &info) {
    static const uint8_t nobodys[32] = {};
    EVP_MAC_CTX *context = held_by<EVP_MAC_CTX>(info[0], MAC_TAG);
    if (context != nullptr && EVP_MAC_init(context, nobodys, sizeof nobodys, nullptr) != 1)
        return refuse_openssl(info.Env(), "HMAC");
    return info.Env().Undefined();
}

// name of a block cipher in ECB mode, key, out: a block of nulls encrypted
Napi::Value encrypt_nulls(const Napi::CallbackInfo &info) {
    static const uint8_t nulls[EVP_MAX_BLOCK_LENGTH] = {};
    const Bytes key = bytes_of(info[1]), out = bytes_of(info[2]);
    const std::unique_ptr<EVP_CIPHER, Released<EVP_CIPHER_free>> cipher{
        EVP_CIPHER_fetch(nullptr, info[0].As<Napi::String>().Utf8Value().c_str(), nullptr)};
    const std::unique_ptr<EVP_CIPHER_CTX, Released<EVP_CIPHER_CTX_free>> context{EVP_CIPHER_CTX_new()};
    if (!cipher || !context)
        return refuse_openssl(info.Env(), "a cipher");
    if (static_cast<size_t>(EVP_CIPHER_get_block_size(cipher.get())) != out.size)
        return refuse(info.Env(), "no room for a block");
    int length = 0;
    const bool encrypted = EVP_EncryptInit_ex2(context.get(), cipher.get(), nullptr, nullptr, nullptr) == 1 &&
                           EVP_CIPHER_CTX_set_key_length(context.get(), static_cast<int>(key.size)) == 1 &&
                           EVP_EncryptInit_ex2(context.get(), nullptr, key.data, nullptr, nullptr) == 1 &&
                           EVP_EncryptUpdate(context.get(), out.data, &length, nulls, static_cast<int>(out.size)) == 1;
    return encrypted ? info.Env().Undefined() : refuse_openssl(info.Env(), "encrypting");
}

Napi::Value fill_random(const Napi::CallbackInfo &info) {
    const Bytes out = bytes_of(info[0]);
    const bool filled = out.size <= INT32_MAX && RAND_bytes(out.data, static_cast<int>(out.size)) == 1;
    return filled ? info.Env().Undefined() : refuse_openssl(info.Env(), "random bytes");
}
