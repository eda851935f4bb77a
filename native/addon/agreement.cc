// Diffie-Hellman on elliptic curves. node:crypto's ECDH object computes its own public point anew and proves both points' order by
// multiplying with it, each time: three or four multiplications where one is needed.

#include "key.h"
#include "refuse.h"
#include "signatures.h"

static bool is_raw(const Key &key) {
    return key.is("X25519") || key.is("X448");
}

// The other's key. Decoding checks that the point is on the curve, and is all there is to check: the curves' cofactor is 1.
static Pkey peer_of(const Key &key, const Bytes &point) {
    if (is_raw(key))
        return Pkey(EVP_PKEY_new_raw_public_key_ex(nullptr, EVP_PKEY_get0_type_name(key.pkey()), nullptr, point.data, point.size));
    Pkey peer(EVP_PKEY_new());
    const bool good = peer && EVP_PKEY_copy_parameters(peer.get(), key.pkey()) == 1 &&
                      EVP_PKEY_set1_encoded_public_key(peer.get(), point.data, point.size) == 1;
    return good ? std::move(peer) : nullptr;
}

Napi::Value agree(const Napi::CallbackInfo &info) {
    Key *key = Key::of(info[0], {"EC", "X25519", "X448"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes point = bytes_of(info[1]), out = bytes_of(info[2]);
    EVP_PKEY_CTX *context = key->ready(Key::Purpose::DERIVE);
    if (context == nullptr)
        return refuse_openssl(info.Env(), "agreeing");
    const Pkey peer = peer_of(*key, point);
    size_t length = 0;
    // Its length first: into less room OpenSSL would put as much as fits.
    const bool agreed = peer && EVP_PKEY_derive_set_peer_ex(context, peer.get(), 0) == 1 &&
                        EVP_PKEY_derive(context, nullptr, &length) == 1 && length == out.size &&
                        EVP_PKEY_derive(context, out.data, &length) == 1;
    return Napi::Boolean::New(info.Env(), verified(agreed ? 1 : 0));
}
