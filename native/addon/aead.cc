// Authenticated encryption of data in one piece, with contexts that keep their key: each operation brings its nonce only.

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "key.h"
#include "refuse.h"
#include "signatures.h"

static const napi_type_tag AEAD_TAG = {0xb91e4d7082c5f36a, 0x5c07e6a93f1db284};

static constexpr size_t TAG_MAX = 16;

using Fetched = std::unique_ptr<EVP_CIPHER, Released<EVP_CIPHER_free>>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, Released<EVP_CIPHER_CTX_free>>;

// A key in one direction.
struct Way {
    Context context{EVP_CIPHER_CTX_new()};
    size_t nonce_length = 0;

    bool load(const EVP_CIPHER *cipher, const uint8_t *key, int sealing) {
        nonce_length = static_cast<size_t>(EVP_CIPHER_get_iv_length(cipher));
        return context && EVP_CipherInit_ex2(context.get(), cipher, key, nullptr, sealing, nullptr) == 1;
    }
    bool begin(const Bytes &nonce, const Bytes &aad) {
        int length = 0;
        const bool fits = nonce.size == nonce_length ||
                          EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size), nullptr) == 1;
        if (!fits)
            return false;
        nonce_length = nonce.size;
        return EVP_CipherInit_ex2(context.get(), nullptr, nullptr, nonce.data, -1, nullptr) == 1 &&
               (aad.size == 0 || EVP_CipherUpdate(context.get(), nullptr, &length, aad.data, static_cast<int>(aad.size)) == 1);
    }
    bool take(const Bytes &data, uint8_t *out) {
        int length = 0;
        return data.size == 0 || EVP_CipherUpdate(context.get(), out, &length, data.data, static_cast<int>(data.size)) == 1;
    }
    // All that is encrypted has come out already: none of these ciphers works in blocks.
    bool finish() {
        uint8_t nothing[EVP_MAX_BLOCK_LENGTH];
        int length = 0;
        return EVP_CipherFinal_ex(context.get(), nothing, &length) == 1 && length == 0;
    }
};

struct Aead {
    Way sealing, opening;
};

static Aead *aead_of(const Napi::Value &handle) {
    if (handle.IsExternal() && handle.As<Napi::External<Aead>>().CheckTypeTag(&AEAD_TAG))
        return handle.As<Napi::External<Aead>>().Data();
    refuse<Napi::TypeError>(handle.Env(), "not a key of authenticated encryption");
    return nullptr;
}

static bool is_countable(const Bytes &bytes) {
    return bytes.size <= INT32_MAX;
}

// name, key
Napi::Value load_aead(const Napi::CallbackInfo &info) {
    const Bytes key = bytes_of(info[1]);
    const Fetched cipher{EVP_CIPHER_fetch(nullptr, info[0].As<Napi::String>().Utf8Value().c_str(), nullptr)};
    auto aead = std::make_unique<Aead>();
    if (!cipher)
        return refuse_openssl(info.Env(), "a cipher");
    if (static_cast<size_t>(EVP_CIPHER_get_key_length(cipher.get())) != key.size)
        return refuse(info.Env(), "not a key of this cipher");
    if (!aead->sealing.load(cipher.get(), key.data, 1) || !aead->opening.load(cipher.get(), key.data, 0))
        return refuse_openssl(info.Env(), "a cipher");
    auto handle = Napi::External<Aead>::New(info.Env(), aead.release(), [](Napi::Env, Aead *held) { delete held; });
    handle.TypeTag(&AEAD_TAG);
    return handle;
}

// key, nonce, associated data, data, out: the encrypted data, and the tag in all the room behind it
Napi::Value seal_whole(const Napi::CallbackInfo &info) {
    Aead *aead = aead_of(info[0]);
    if (aead == nullptr)
        return info.Env().Undefined();
    const Bytes nonce = bytes_of(info[1]), aad = bytes_of(info[2]), data = bytes_of(info[3]), out = bytes_of(info[4]);
    if (!is_countable(aad) || !is_countable(data) || out.size <= data.size || out.size - data.size > TAG_MAX)
        return refuse(info.Env(), "no room for what comes out");
    Way &way = aead->sealing;
    const int tag_length = static_cast<int>(out.size - data.size);
    if (!way.begin(nonce, aad) || !way.take(data, out.data) || !way.finish() ||
        EVP_CIPHER_CTX_ctrl(way.context.get(), EVP_CTRL_AEAD_GET_TAG, tag_length, out.data + data.size) != 1)
        return refuse_openssl(info.Env(), "encrypting");
    return info.Env().Undefined();
}

// key, nonce, associated data, data, tag, out. False, and nothing in `out`: the tag is wrong.
Napi::Value open_whole(const Napi::CallbackInfo &info) {
    Aead *aead = aead_of(info[0]);
    if (aead == nullptr)
        return info.Env().Undefined();
    const Bytes nonce = bytes_of(info[1]), aad = bytes_of(info[2]), data = bytes_of(info[3]), tag = bytes_of(info[4]),
                out = bytes_of(info[5]);
    if (!is_countable(aad) || !is_countable(data) || out.size < data.size || tag.size > TAG_MAX)
        return refuse(info.Env(), "no room for what comes out");
    Way &way = aead->opening;
    const bool opened = way.begin(nonce, aad) &&
                        EVP_CIPHER_CTX_ctrl(way.context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size), tag.data) == 1 &&
                        way.take(data, out.data) && way.finish();
    if (!opened)
        OPENSSL_cleanse(out.data, data.size);
    return Napi::Boolean::New(info.Env(), verified(opened ? 1 : 0));
}

Napi::Value forget_aead(const Napi::CallbackInfo &info) {
    Aead *aead = aead_of(info[0]);
    if (aead == nullptr)
        return info.Env().Undefined();
    for (Way *way : {&aead->sealing, &aead->opening})
        EVP_CIPHER_CTX_reset(way->context.get());
    return info.Env().Undefined();
}
