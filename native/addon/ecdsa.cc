// ECDSA and DSA over bytes that the caller hashed. OpenSSL speaks DER, PKCS#11 speaks r and s side by side, each as wide as the order.

#include <cstring>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "key.h"
#include "refuse.h"
#include "signatures.h"
#include "trace.h"

// Both algorithms' signatures are the same DER.
using Pair = std::unique_ptr<ECDSA_SIG, Released<ECDSA_SIG_free>>;
using Number = std::unique_ptr<BIGNUM, Released<BN_free>>;

// The DER of two 571-bit numbers, the widest curve that OpenSSL has, is shorter.
static const size_t LONGEST_DER = 256;

static size_t width_of(const Key &key) {
    if (!key.is("DSA"))
        return static_cast<size_t>(EVP_PKEY_get_bits(key.pkey()) + 7) / 8;
    BIGNUM *order = nullptr;
    const bool known = EVP_PKEY_get_bn_param(key.pkey(), OSSL_PKEY_PARAM_FFC_Q, &order) == 1;
    const Number held(order);
    return known ? static_cast<size_t>(BN_num_bytes(order)) : 0;
}

// An INTEGER of DER, as wide as `out`. What stands behind it; null where there is none, or a longer one.
static const uint8_t *from_integer(const uint8_t *der, const uint8_t *end, uint8_t *out, size_t width) {
    if (end - der < 2 || der[0] != V_ASN1_INTEGER || der[1] > end - der - 2)
        return nullptr;
    const uint8_t *number = der + 2, *next = number + der[1];
    while (number < next && *number == 0)
        number++;
    const size_t length = static_cast<size_t>(next - number);
    if (length > width)
        return nullptr;
    memset(out, 0, width - length);
    memcpy(out + width - length, number, length);
    return next;
}

// What OpenSSL has just written. Its own reader makes two BIGNUMs, which takes longer than all else that is done around a signature here.
static bool from_der(const uint8_t *der, size_t length, uint8_t *out, size_t width) {
    const uint8_t *end = der + length;
    // A sequence of 128 bytes and more has one byte that tells how many bytes tell its length.
    const uint8_t *r = der + (der[1] < 0x80 ? 2 : 3);
    const uint8_t *s = from_integer(r, end, out, width);
    return s != nullptr && from_integer(s, end, out + width, width) == end;
}

// The DER's length; 0 where there is no memory.
static size_t to_der(const uint8_t *signature, int width, uint8_t *der) {
    const Pair pair(ECDSA_SIG_new());
    BIGNUM *r = BN_bin2bn(signature, width, nullptr);
    BIGNUM *s = BN_bin2bn(signature + width, width, nullptr);
    if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return 0;
    }
    const int length = i2d_ECDSA_SIG(pair.get(), &der);
    return length > 0 ? static_cast<size_t>(length) : 0;
}

Napi::Value sign_digest(const Napi::CallbackInfo &info) {
    Key *key = Key::of(info[0], {"EC", "DSA"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes digest = bytes_of(info[1]), out = bytes_of(info[2]);
    const size_t width = width_of(*key);
    if (width == 0 || out.size < 2 * width)
        return refuse(info.Env(), "no room for the signature");

    uint8_t der[LONGEST_DER];
    size_t length = sizeof der;
    EVP_PKEY_CTX *context = key->ready(Key::Purpose::SIGN);
    Trace::mark(MARK_COMPUTING);
    if (context == nullptr || EVP_PKEY_sign(context, der, &length, digest.data, digest.size) != 1 ||
        !from_der(der, length, out.data, width))
        return refuse_openssl(info.Env(), "signing");
    Trace::mark(MARK_COMPUTED);
    return Napi::Number::New(info.Env(), static_cast<double>(2 * width));
}

Napi::Value verify_digest(const Napi::CallbackInfo &info) {
    Key *key = Key::of(info[0], {"EC", "DSA"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes digest = bytes_of(info[1]), signature = bytes_of(info[2]);
    const size_t width = width_of(*key);
    if (width == 0 || signature.size != 2 * width)
        return Napi::Boolean::New(info.Env(), false);

    uint8_t der[LONGEST_DER];
    const size_t length = to_der(signature.data, static_cast<int>(width), der);
    EVP_PKEY_CTX *context = key->ready(Key::Purpose::VERIFY);
    if (context == nullptr || length == 0)
        return refuse_openssl(info.Env(), "verifying");
    return Napi::Boolean::New(info.Env(), verified(EVP_PKEY_verify(context, der, length, digest.data, digest.size)));
}
