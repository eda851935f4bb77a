// One hash over a few bytes, a great many times: what hash-based signatures are made of. A context for each thread that uses it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <openssl/crypto.h>
#include <string>

#include "key.h"

class ShortHash {
  public:
    static constexpr size_t MOST = 64;

    // `name`: OpenSSL's. `size`: bytes of output, cut from the hash or asked of it where it is a SHAKE; 0: the whole hash.
    explicit ShortHash(const std::string &name, size_t size = 0)
        : digest_(EVP_MD_fetch(nullptr, name.c_str(), nullptr)), context_(EVP_MD_CTX_new()), size_(size) {
        if (size_ == 0 && digest_)
            size_ = static_cast<size_t>(EVP_MD_get_size(digest_.get()));
        is_good_ = digest_ && context_ && size_ != 0 && size_ <= MOST;
        extendable_ = is_good_ && (EVP_MD_get_flags(digest_.get()) & EVP_MD_FLAG_XOF) != 0;
        if (is_good_ && !extendable_)
            is_good_ = size_ <= static_cast<size_t>(EVP_MD_get_size(digest_.get()));
    }

    size_t size() const { return size_; }
    // False once anything failed: looked at before a result is used.
    bool good() const { return is_good_; }

    void operator()(const uint8_t *data, size_t length, uint8_t *out) {
        start();
        add(data, length);
        finish(out);
    }
    void start() { is_good_ = is_good_ && EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1; }
    void add(const uint8_t *data, size_t length) { is_good_ = is_good_ && EVP_DigestUpdate(context_.get(), data, length) == 1; }
    void finish(uint8_t *out) {
        uint8_t whole[EVP_MAX_MD_SIZE];

        if (extendable_) {
            is_good_ = is_good_ && EVP_DigestFinalXOF(context_.get(), out, size_) == 1;
            return;
        }
        is_good_ = is_good_ && EVP_DigestFinal_ex(context_.get(), whole, nullptr) == 1;
        if (is_good_)
            memcpy(out, whole, size_);
        OPENSSL_cleanse(whole, sizeof(whole));
    }

  private:
    std::unique_ptr<EVP_MD, Released<EVP_MD_free>> digest_;
    std::unique_ptr<EVP_MD_CTX, Released<EVP_MD_CTX_free>> context_;
    size_t size_;
    bool extendable_ = false;
    bool is_good_ = false;
};
