// Encryption of data in one piece, authenticated or not, with contexts that keep their key: each operation brings its nonce only.

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "key.h"
#include "refuse.h"
#include "signatures.h"

static const napi_type_tag AEAD_TAG = {0xb91e4d7082c5f36a, 0x5c07e6a93f1db284};
static const napi_type_tag CIPHER_TAG = {0x3e85a0c7d9216bf4, 0x60fb1d42e87c35a9};

static constexpr size_t TAG_MAX = 16;

using Fetched = std::unique_ptr<EVP_CIPHER, Released<EVP_CIPHER_free>>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, Released<EVP_CIPHER_CTX_free>>;

// A key in one direction.
struct Way {
    Context context{EVP_CIPHER_CTX_new()};
    size_t nonce_length = 0;

    // The key's length first: some ciphers take keys of any.
    bool load(const EVP_CIPHER *cipher, const Bytes &key, int encrypting) {
        nonce_length = static_cast<size_t>(EVP_CIPHER_get_iv_length(cipher));
        return context && EVP_CipherInit_ex2(context.get(), cipher, nullptr, nullptr, encrypting, nullptr) == 1 &&
               EVP_CIPHER_CTX_set_key_length(context.get(), static_cast<int>(key.size)) == 1 &&
               static_cast<size_t>(EVP_CIPHER_CTX_get_key_length(context.get())) == key.size &&
               EVP_CipherInit_ex2(context.get(), nullptr, key.data, nullptr, encrypting, nullptr) == 1;
    }
    // A cipher with nonces of one length takes the wish for another, and keeps to its own.
    bool set_nonce_length(size_t length) {
        const bool set = EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(length), nullptr) == 1;
        if (!set || static_cast<size_t>(EVP_CIPHER_CTX_get_iv_length(context.get())) != length)
            return false;
        nonce_length = length;
        return true;
    }
    bool begin(const Bytes &nonce, const Bytes &aad) {
        int length = 0;
        if (nonce.size != nonce_length && !set_nonce_length(nonce.size))
            return false;
        return EVP_CipherInit_ex2(context.get(), nullptr, nullptr, nonce.data, -1, nullptr) == 1 &&
               (aad.size == 0 || EVP_CipherUpdate(context.get(), nullptr, &length, aad.data, static_cast<int>(aad.size)) == 1);
    }
    bool take(const Bytes &data, uint8_t *out) {
        int length = 0;
        return data.size == 0 || EVP_CipherUpdate(context.get(), out, &length, data.data, static_cast<int>(data.size)) == 1;
    }
    // All that is encrypted has come out already: none of the authenticated ciphers works in blocks.
    bool finish() {
        uint8_t nothing[EVP_MAX_BLOCK_LENGTH];
        int length = 0;
        return EVP_CipherFinal_ex(context.get(), nothing, &length) == 1 && length == 0;
    }
    // Bytes of output; -1 where OpenSSL refuses.
    long run(bool padding, const Bytes &data, uint8_t *out) {
        int length = 0, rest = 0;
        EVP_CIPHER_CTX_set_padding(context.get(), padding ? 1 : 0);
        const bool taken = data.size == 0 || EVP_CipherUpdate(context.get(), out, &length, data.data, static_cast<int>(data.size)) == 1;
        return taken && EVP_CipherFinal_ex(context.get(), out + length, &rest) == 1 ? length + rest : -1;
    }
};

// A key in both directions.
struct Ways {
    Way encrypting, decrypting;
};

static Ways *ways_of(const Napi::Value &handle, const napi_type_tag &tag) {
    if (handle.IsExternal() && handle.As<Napi::External<Ways>>().CheckTypeTag(&tag))
        return handle.As<Napi::External<Ways>>().Data();
    refuse<Napi::TypeError>(handle.Env(), "not a key for this");
    return nullptr;
}

static bool is_countable(const Bytes &bytes) {
    return bytes.size <= INT32_MAX;
}

static Napi::Value load(const Napi::CallbackInfo &info, const napi_type_tag &tag) {
    const Bytes key = bytes_of(info[1]);
    const Fetched cipher{EVP_CIPHER_fetch(nullptr, info[0].As<Napi::String>().Utf8Value().c_str(), nullptr)};
    auto ways = std::make_unique<Ways>();
    if (!cipher)
        return refuse_openssl(info.Env(), "a cipher");
    if (!ways->encrypting.load(cipher.get(), key, 1) || !ways->decrypting.load(cipher.get(), key, 0))
        return refuse_openssl(info.Env(), "a key of a cipher");
    auto handle = Napi::External<Ways>::New(info.Env(), ways.release(), [](Napi::Env, Ways *held) { delete held; });
    handle.TypeTag(&tag);
    return handle;
}

// name, key
Napi::Value load_aead(const Napi::CallbackInfo &info) {
    return load(info, AEAD_TAG);
}

// name, key
Napi::Value load_cipher(const Napi::CallbackInfo &info) {
    return load(info, CIPHER_TAG);
}

// key, decrypting, padding, initialisation vector, data, out. Undefined, and nothing in `out`: the data does not end as it has to.
Napi::Value cipher_whole(const Napi::CallbackInfo &info) {
    Ways *ways = ways_of(info[0], CIPHER_TAG);
    if (ways == nullptr)
        return info.Env().Undefined();
    const bool decrypting = info[1].ToBoolean(), padding = info[2].ToBoolean();
    const Bytes iv = bytes_of(info[3]), data = bytes_of(info[4]), out = bytes_of(info[5]);
    Way &way = decrypting ? ways->decrypting : ways->encrypting;
    const auto block = static_cast<size_t>(EVP_CIPHER_CTX_get_block_size(way.context.get()));
    const size_t room = padding && !decrypting && block > 1 ? data.size - data.size % block + block : data.size;
    if (!is_countable(data) || out.size < room)
        return refuse(info.Env(), "no room for what comes out");
    if (iv.size != way.nonce_length)
        return refuse(info.Env(), "not an initialisation vector of this mode");
    if (!way.begin(iv, {nullptr, 0}))
        return refuse_openssl(info.Env(), decrypting ? "decrypting" : "encrypting");
    const long length = way.run(padding, data, out.data);
    if (verified(length >= 0 ? 1 : 0))
        return Napi::Number::New(info.Env(), static_cast<double>(length));
    OPENSSL_cleanse(out.data, room);
    return info.Env().Undefined();
}

// key, nonce, associated data, data, out: the encrypted data, and the tag in all the room behind it
Napi::Value seal_whole(const Napi::CallbackInfo &info) {
    Ways *ways = ways_of(info[0], AEAD_TAG);
    if (ways == nullptr)
        return info.Env().Undefined();
    const Bytes nonce = bytes_of(info[1]), aad = bytes_of(info[2]), data = bytes_of(info[3]), out = bytes_of(info[4]);
    if (!is_countable(aad) || !is_countable(data) || out.size <= data.size || out.size - data.size > TAG_MAX)
        return refuse(info.Env(), "no room for what comes out");
    Way &way = ways->encrypting;
    const int tag_length = static_cast<int>(out.size - data.size);
    if (!way.begin(nonce, aad) || !way.take(data, out.data) || !way.finish() ||
        EVP_CIPHER_CTX_ctrl(way.context.get(), EVP_CTRL_AEAD_GET_TAG, tag_length, out.data + data.size) != 1)
        return refuse_openssl(info.Env(), "encrypting");
    return info.Env().Undefined();
}

// key, nonce, associated data, data, tag, out. False, and nothing in `out`: the tag is wrong.
Napi::Value open_whole(const Napi::CallbackInfo &info) {
    Ways *ways = ways_of(info[0], AEAD_TAG);
    if (ways == nullptr)
        return info.Env().Undefined();
    const Bytes nonce = bytes_of(info[1]), aad = bytes_of(info[2]), data = bytes_of(info[3]), tag = bytes_of(info[4]),
                out = bytes_of(info[5]);
    if (!is_countable(aad) || !is_countable(data) || out.size < data.size || tag.size > TAG_MAX)
        return refuse(info.Env(), "no room for what comes out");
    Way &way = ways->decrypting;
    const bool opened = way.begin(nonce, aad) &&
                        EVP_CIPHER_CTX_ctrl(way.context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size), tag.data) == 1 &&
                        way.take(data, out.data) && way.finish();
    if (!opened)
        OPENSSL_cleanse(out.data, data.size);
    return Napi::Boolean::New(info.Env(), verified(opened ? 1 : 0));
}

Napi::Value forget_aead(const Napi::CallbackInfo &info) {
    Ways *ways = ways_of(info[0], AEAD_TAG);
    if (ways == nullptr)
        return info.Env().Undefined();
    for (Way *way : {&ways->encrypting, &ways->decrypting})
        EVP_CIPHER_CTX_reset(way->context.get());
    return info.Env().Undefined();
}
