// A key as OpenSSL holds it, loaded by one thread and used by no other. OpenSSL is the node binary's own: nothing is linked.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <napi.h>
#include <openssl/evp.h>

template <auto release> struct Released {
    template <typename T> void operator()(T *held) const { release(held); }
};
using Pkey = std::unique_ptr<EVP_PKEY, Released<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Released<EVP_PKEY_CTX_free>>;

class Key {
  public:
    enum class Purpose { NONE, SIGN, VERIFY, RECOVER, ENCRYPT, DECRYPT, DERIVE };

    explicit Key(Pkey pkey) : pkey_(std::move(pkey)), type_(EVP_PKEY_get0_type_name(pkey_.get())), size_(EVP_PKEY_get_size(pkey_.get())) {}

    // The key behind a handle that came from JavaScript, if it is one and of a type wanted; else null, and a TypeError is pending.
    static Key *of(const Napi::Value &handle, std::initializer_list<const char *> types);

    EVP_PKEY *pkey() const { return pkey_.get(); }
    // The most bytes that a signature can have, as OpenSSL gives it.
    size_t size() const { return size_; }
    // By OpenSSL's first name for the type. EVP_PKEY_is_a() knows all of them, and looks each up in a table behind a lock.
    bool is(const char *type) const { return type_ != nullptr && strcmp(type_, type) == 0; }

    // A context made ready; null where the key does not do that. Without parameters it stays ready for the next signature: making
    // it so costs allocations that are a good part of an ECDSA signature's time.
    EVP_PKEY_CTX *ready(Purpose purpose, const OSSL_PARAM *parameters = nullptr);

  private:
    Pkey pkey_;
    const char *type_;
    PkeyContext context_;
    Purpose ready_ = Purpose::NONE;
    size_t size_;
};

struct Bytes {
    uint8_t *data;
    size_t size;
};

Bytes bytes_of(const Napi::Value &value);

// Refuses with OpenSSL's reason: it names what was wrong and holds no data. The thread's error queue is empty afterwards.
Napi::Value refuse_openssl(Napi::Env env, const char *what);
// A verification's failure is an answer, not an error; but it leaves entries in the queue, where node:crypto would find them.
bool verified(int result);

Napi::Value load_private_key(const Napi::CallbackInfo &info);
Napi::Value load_public_key(const Napi::CallbackInfo &info);
