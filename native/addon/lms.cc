// LM-OTS and the Merkle trees of LMS (RFC 8554, SP 800-208): the chains and trees of hashes, and nothing of keys' or signatures' forms.

#include <vector>

#include "refuse.h"
#include "short-hash.h"
#include "signatures.h"

namespace {

constexpr size_t IDENTIFIER = 16;
// I, q or r, and then a chain's number and place, or one of the domains below.
constexpr size_t PREFIX = IDENTIFIER + 4 + 2 + 1;
enum Domain : uint16_t { D_PBLC = 0x8080, D_LEAF = 0x8282, D_INTR = 0x8383 };

struct Parameters {
    std::string hash;
    size_t n, w, p;

    explicit Parameters(const Napi::Object &given)
        : hash(given.Get("hash").ToString()), n(given.Get("n").ToNumber().Uint32Value()), w(given.Get("w").ToNumber().Uint32Value()),
          p(given.Get("p").ToNumber().Uint32Value()) {}
    unsigned last() const { return (1U << w) - 1; }
};

class Chains {
  public:
    Chains(const Parameters &of, const uint8_t *identifier) : hash_(of.hash, of.n), of_(of), n_(of.n) {
        memcpy(input_, identifier, IDENTIFIER);
    }
    ~Chains() { OPENSSL_cleanse(input_, sizeof(input_)); }

    bool good() const { return hash_.good(); }

    // Appendix A: a one-time key's secrets follow from one seed.
    void secret(uint32_t q, uint16_t i, const Bytes &seed, uint8_t *out) {
        place(q, i);
        input_[PREFIX - 1] = 0xff;
        memcpy(input_ + PREFIX, seed.data, seed.size);
        hash_(input_, PREFIX + seed.size, out);
    }

    // A chain's value at `from` becomes its value at `to`.
    void walk(uint32_t q, uint16_t i, unsigned from, unsigned to, uint8_t *value) {
        place(q, i);
        for (unsigned j = from; j < to; j++) {
            input_[PREFIX - 1] = static_cast<uint8_t>(j);
            memcpy(input_ + PREFIX, value, n_);
            hash_(input_, PREFIX + n_, value);
        }
    }

    // Over the ends of all chains, or over what stands below a node.
    void join(uint32_t number, Domain domain, const uint8_t *parts, size_t length, uint8_t *out) {
        place(number, domain);
        hash_.start();
        hash_.add(input_, IDENTIFIER + 4 + 2);
        hash_.add(parts, length);
        hash_.finish(out);
    }

    void leaf(uint32_t q, uint32_t number, const Bytes &seed, uint8_t *out) {
        std::vector<uint8_t> ends(of_.p * n_);
        for (size_t i = 0; i < of_.p; i++) {
            secret(q, static_cast<uint16_t>(i), seed, &ends[i * n_]);
            walk(q, static_cast<uint16_t>(i), 0, of_.last(), &ends[i * n_]);
        }
        join(q, D_PBLC, ends.data(), ends.size(), out);
        join(number, D_LEAF, out, n_, out);
    }

  private:
    void place(uint32_t number, uint16_t what) {
        for (int byte = 0; byte < 4; byte++)
            input_[IDENTIFIER + byte] = static_cast<uint8_t>(number >> (24 - 8 * byte));
        input_[IDENTIFIER + 4] = static_cast<uint8_t>(what >> 8);
        input_[IDENTIFIER + 5] = static_cast<uint8_t>(what);
    }

    ShortHash hash_;
    const Parameters &of_;
    size_t n_;
    uint8_t input_[PREFIX + ShortHash::MOST];
};

bool fits(const Parameters &of, const Bytes &identifier, const Bytes &more) {
    return of.n > 0 && of.n <= ShortHash::MOST && of.w >= 1 && of.w <= 8 && of.p > 0 && identifier.size == IDENTIFIER &&
           more.size <= ShortHash::MOST;
}

// The subtree of 2^height leaves whose root is node `top` of a tree of 2^treeHeight leaves: its nodes as a heap, the root at place 1.
class Subtree : public Napi::AsyncWorker {
  public:
    Subtree(Napi::Env env, const Parameters &of, const Bytes &identifier, const Bytes &seed, unsigned tree_height, unsigned height,
            uint32_t top)
        : Napi::AsyncWorker(env), done_(Napi::Promise::Deferred::New(env)), of_(of),
          identifier_(identifier.data, identifier.data + IDENTIFIER), seed_(seed.data, seed.data + seed.size), tree_height_(tree_height),
          height_(height), top_(top), nodes_(of.n << (height + 1)) {}
    ~Subtree() override { OPENSSL_cleanse(seed_.data(), seed_.size()); }

    Napi::Promise promise() const { return done_.Promise(); }

  protected:
    void Execute() override {
        Chains chains(of_, identifier_.data());
        const uint32_t count = 1U << height_, first = top_ << height_;
        const Bytes seed = {seed_.data(), seed_.size()};

        for (uint32_t i = 0; i < count; i++)
            chains.leaf(first + i - (1U << tree_height_), first + i, seed, node(count + i));
        for (uint32_t place = count - 1; place > 0; place--) {
            uint32_t depth = 0;
            while (place >> (depth + 1) != 0)
                depth++;
            chains.join((top_ << depth) + (place - (1U << depth)), D_INTR, node(2 * place), 2 * of_.n, node(place));
        }
        if (!chains.good())
            SetError("hashing failed");
    }
    void OnOK() override { done_.Resolve(Napi::Buffer<uint8_t>::Copy(Env(), nodes_.data(), nodes_.size())); }
    void OnError(const Napi::Error &error) override { done_.Reject(error.Value()); }

  private:
    uint8_t *node(uint32_t place) { return &nodes_[place * of_.n]; }

    Napi::Promise::Deferred done_;
    Parameters of_;
    std::vector<uint8_t> identifier_, seed_;
    unsigned tree_height_, height_;
    uint32_t top_;
    std::vector<uint8_t> nodes_;
};

} // namespace

Napi::Value lms_subtree(const Napi::CallbackInfo &info) {
    const Parameters of(info[0].As<Napi::Object>());
    const Bytes identifier = bytes_of(info[1]), seed = bytes_of(info[2]);
    const unsigned tree_height = info[3].ToNumber().Uint32Value(), height = info[4].ToNumber().Uint32Value();
    const uint32_t top = info[5].ToNumber().Uint32Value();

    if (!fits(of, identifier, seed) || tree_height > 25 || height > tree_height || top >> (tree_height - height) != 1)
        return refuse(info.Env(), "no such subtree");
    auto *subtree = new Subtree(info.Env(), of, identifier, seed, tree_height, height, top);
    subtree->Queue();
    return subtree->promise();
}

// The chains as far as the digits say, from the seed.
Napi::Value lmots_sign(const Napi::CallbackInfo &info) {
    const Parameters of(info[0].As<Napi::Object>());
    const Bytes identifier = bytes_of(info[1]), seed = bytes_of(info[3]), digits = bytes_of(info[4]);
    const uint32_t q = info[2].ToNumber().Uint32Value();

    if (!fits(of, identifier, seed) || digits.size != of.p)
        return refuse(info.Env(), "no such one-time signature");
    Chains chains(of, identifier.data);
    auto out = Napi::Buffer<uint8_t>::New(info.Env(), of.p * of.n);
    for (size_t i = 0; i < of.p; i++) {
        chains.secret(q, static_cast<uint16_t>(i), seed, out.Data() + i * of.n);
        chains.walk(q, static_cast<uint16_t>(i), 0, digits.data[i], out.Data() + i * of.n);
    }
    return chains.good() ? out : refuse_openssl(info.Env(), "hashing");
}

// The leaf of the tree that a one-time signature, with these digits of its message, leads to.
Napi::Value lms_leaf(const Napi::CallbackInfo &info) {
    const Parameters of(info[0].As<Napi::Object>());
    const Bytes identifier = bytes_of(info[1]), digits = bytes_of(info[4]), signature = bytes_of(info[5]);
    const uint32_t q = info[2].ToNumber().Uint32Value(), number = info[3].ToNumber().Uint32Value();

    if (!fits(of, identifier, {nullptr, 0}) || digits.size != of.p || signature.size != of.p * of.n)
        return refuse(info.Env(), "no such one-time signature");
    Chains chains(of, identifier.data);
    std::vector<uint8_t> ends(signature.data, signature.data + signature.size);
    for (size_t i = 0; i < of.p; i++)
        chains.walk(q, static_cast<uint16_t>(i), digits.data[i], of.last(), &ends[i * of.n]);
    auto out = Napi::Buffer<uint8_t>::New(info.Env(), of.n);
    chains.join(q, D_PBLC, ends.data(), ends.size(), out.Data());
    chains.join(number, D_LEAF, out.Data(), of.n, out.Data());
    return chains.good() ? out : refuse_openssl(info.Env(), "hashing");
}
