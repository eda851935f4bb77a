// WOTS+ and L-trees (RFC 8391, SP 800-208), as far as verification goes: from a one-time signature to the leaf that it leads to.

#include <algorithm>
#include <vector>

#include "refuse.h"
#include "short-hash.h"
#include "signatures.h"

namespace {

constexpr unsigned W = 16;
constexpr size_t ADDRESS = 32;
enum Type { OTS = 0, L_TREE = 1 };
enum Word { TYPE = 3, NUMBER = 4, CHAIN_OR_HEIGHT = 5, HASH_OR_INDEX = 6, KEY_AND_MASK = 7 };

// §5.1: F, H and PRF differ in their first bytes, of which there are `padding`.
enum Function : uint8_t { F = 0, H = 1, PRF = 3 };

class Keyed {
  public:
    Keyed(const std::string &hash, size_t n, size_t padding, const Bytes &seed, const Bytes &address)
        : hash_(hash, n), n_(n), padding_(padding), seed_(seed.data) {
        memcpy(address_, address.data, ADDRESS);
    }

    bool good() const { return hash_.good(); }

    void set(Word word, uint32_t value) {
        for (int byte = 0; byte < 4; byte++)
            address_[4 * word + byte] = static_cast<uint8_t>(value >> (24 - 8 * byte));
    }

    // `parts` n-byte values, each under a mask of its own, become one.
    void randomized(Function function, const uint8_t *in, size_t parts, uint8_t *out) {
        uint8_t key[ShortHash::MOST], masked[2 * ShortHash::MOST];

        made(0, key);
        for (size_t part = 0; part < parts; part++) {
            made(static_cast<uint32_t>(part + 1), masked + part * n_);
            for (size_t i = 0; i < n_; i++)
                masked[part * n_ + i] ^= in[part * n_ + i];
        }
        under(function, key, masked, parts * n_, out);
    }

  private:
    void made(uint32_t key_and_mask, uint8_t *out) {
        set(KEY_AND_MASK, key_and_mask);
        under(PRF, seed_, address_, ADDRESS, out);
    }

    void under(Function function, const uint8_t *key, const uint8_t *data, size_t length, uint8_t *out) {
        uint8_t input[4 * ShortHash::MOST] = {};

        input[padding_ - 1] = function;
        memcpy(input + padding_, key, n_);
        memcpy(input + padding_ + n_, data, length);
        hash_(input, padding_ + n_ + length, out);
    }

    ShortHash hash_;
    size_t n_, padding_;
    const uint8_t *seed_;
    uint8_t address_[ADDRESS];
};

// Algorithm 8.
void l_tree(Keyed &keyed, uint8_t *nodes, size_t count, size_t n) {
    for (uint32_t height = 0; count > 1; height++) {
        keyed.set(CHAIN_OR_HEIGHT, height);
        for (size_t i = 0; i < count / 2; i++) {
            keyed.set(HASH_OR_INDEX, static_cast<uint32_t>(i));
            keyed.randomized(H, nodes + 2 * i * n, 2, nodes + i * n);
        }
        if (count % 2 == 1)
            std::copy_n(nodes + (count - 1) * n, n, nodes + count / 2 * n);
        count = (count + 1) / 2;
    }
}

} // namespace

// @param address layer and tree; `index`: the one-time key's. `digits`: one a chain.
Napi::Value xmss_leaf(const Napi::CallbackInfo &info) {
    const auto of = info[0].As<Napi::Object>();
    const size_t n = of.Get("n").ToNumber().Uint32Value(), padding = of.Get("padding").ToNumber().Uint32Value();
    const Bytes seed = bytes_of(info[1]), address = bytes_of(info[2]), digits = bytes_of(info[4]), signature = bytes_of(info[5]);
    const uint32_t index = info[3].ToNumber().Uint32Value();

    if (n == 0 || n > ShortHash::MOST || padding == 0 || padding > ShortHash::MOST || seed.size != n || address.size != ADDRESS ||
        signature.size != digits.size * n)
        return refuse(info.Env(), "no such one-time signature");
    Keyed keyed(of.Get("hash").ToString(), n, padding, seed, address);
    std::vector<uint8_t> ends(signature.data, signature.data + signature.size);
    keyed.set(TYPE, OTS);
    keyed.set(NUMBER, index);
    for (size_t i = 0; i < digits.size; i++) {
        keyed.set(CHAIN_OR_HEIGHT, static_cast<uint32_t>(i));
        for (unsigned at = digits.data[i]; at < W - 1; at++) {
            keyed.set(HASH_OR_INDEX, at);
            keyed.randomized(F, &ends[i * n], 1, &ends[i * n]);
        }
    }
    keyed.set(TYPE, L_TREE);
    l_tree(keyed, ends.data(), digits.size, n);
    return keyed.good() ? Napi::Buffer<uint8_t>::Copy(info.Env(), ends.data(), n) : refuse_openssl(info.Env(), "hashing");
}
