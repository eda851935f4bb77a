#include "key.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "refuse.h"

static const napi_type_tag KEY_TAG = {0x9d1f2c6ab3e84757, 0x8c05d2f1e6a94b3c};

Key *Key::of(const Napi::Value &handle, std::initializer_list<const char *> types) {
    if (handle.IsExternal() && handle.As<Napi::External<Key>>().CheckTypeTag(&KEY_TAG)) {
        Key *key = handle.As<Napi::External<Key>>().Data();
        for (const char *type : types) {
            if (key->is(type))
                return key;
        }
    }
    refuse<Napi::TypeError>(handle.Env(), "not a key for this");
    return nullptr;
}

EVP_PKEY_CTX *Key::ready(Purpose purpose, const OSSL_PARAM *parameters) {
    if (parameters == nullptr && purpose == ready_)
        return context_.get();
    ready_ = Purpose::NONE;
    context_.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey(), nullptr));
    if (!context_)
        return nullptr;

    int done = 0;
    if (purpose == Purpose::SIGN)
        done = EVP_PKEY_sign_init_ex(context_.get(), parameters);
    if (purpose == Purpose::VERIFY)
        done = EVP_PKEY_verify_init_ex(context_.get(), parameters);
    if (purpose == Purpose::RECOVER)
        done = EVP_PKEY_verify_recover_init_ex(context_.get(), parameters);
    if (purpose == Purpose::ENCRYPT)
        done = EVP_PKEY_encrypt_init_ex(context_.get(), parameters);
    if (purpose == Purpose::DECRYPT)
        done = EVP_PKEY_decrypt_init_ex(context_.get(), parameters);
    if (purpose == Purpose::DERIVE)
        done = EVP_PKEY_derive_init_ex(context_.get(), parameters);
    if (done != 1)
        return nullptr;
    if (parameters == nullptr)
        ready_ = purpose;
    return context_.get();
}

Bytes bytes_of(const Napi::Value &value) {
    const auto array = value.As<Napi::Uint8Array>();
    return {const_cast<uint8_t *>(array.Data()), array.ByteLength()};
}

Napi::Value refuse_openssl(Napi::Env env, const char *what) {
    // The first entry is the cause; those after it tell how it came up through the layers.
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    const std::string message = std::string(what) + ": " + (reason != nullptr ? reason : "refused");
    ERR_clear_error();
    return refuse<Napi::Error>(env, message.c_str());
}

bool verified(int result) {
    if (result != 1)
        ERR_clear_error();
    return result == 1;
}

static Napi::Value handle_of(Napi::Env env, Pkey pkey) {
    if (!pkey)
        return refuse_openssl(env, "loading a key");
    auto handle = Napi::External<Key>::New(env, new Key(std::move(pkey)), [](Napi::Env, Key *key) { delete key; });
    handle.TypeTag(&KEY_TAG);
    return handle;
}

Napi::Value load_private_key(const Napi::CallbackInfo &info) {
    const Bytes der = bytes_of(info[0]);
    const uint8_t *read = der.data;
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, Released<PKCS8_PRIV_KEY_INFO_free>> decoded(
        d2i_PKCS8_PRIV_KEY_INFO(nullptr, &read, static_cast<long>(der.size)));
    const bool whole = decoded && read == der.data + der.size;
    return handle_of(info.Env(), Pkey(whole ? EVP_PKCS82PKEY(decoded.get()) : nullptr));
}

Napi::Value load_public_key(const Napi::CallbackInfo &info) {
    const Bytes der = bytes_of(info[0]);
    const uint8_t *read = der.data;
    Pkey pkey(d2i_PUBKEY(nullptr, &read, static_cast<long>(der.size)));
    if (read != der.data + der.size)
        pkey.reset();
    return handle_of(info.Env(), std::move(pkey));
}
