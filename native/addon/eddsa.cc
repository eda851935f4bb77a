// EdDSA over a whole message, with RFC 8032's variants: OpenSSL 3.2 and later take them as an "instance".

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "key.h"
#include "signatures.h"
#include "trace.h"

using Message = std::unique_ptr<EVP_MD_CTX, Released<EVP_MD_CTX_free>>;

// Not in the headers of OpenSSL 3.0, which may be what is installed beside a node whose own OpenSSL is newer.
static const char *const INSTANCE = "instance";
static const char *const CONTEXT = "context-string";

// RFC 8032 §5.1: Ed25519 without a context is another algorithm than Ed25519ctx with an empty one; §5.2: Ed448 always has one.
static std::string instance_of(const Key &key, bool ph, bool context) {
    if (key.is("ED448"))
        return ph ? "Ed448ph" : "Ed448";
    return ph ? "Ed25519ph" : context ? "Ed25519ctx" : "Ed25519";
}

// Null where OpenSSL refuses: a context of more than 255 bytes.
static Message ready(Napi::Env env, const Key &key, bool signing, const Napi::Value &variant) {
    const bool varied = variant.IsObject();
    const auto given = varied ? variant.As<Napi::Object>().Get("context") : env.Undefined();
    const Bytes context = given.IsUndefined() ? Bytes{nullptr, 0} : bytes_of(given);
    const bool ph = varied && variant.As<Napi::Object>().Get("ph").ToBoolean();
    std::string instance = instance_of(key, ph, context.size != 0);
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(INSTANCE, instance.data(), 0),
        context.size != 0 ? OSSL_PARAM_construct_octet_string(CONTEXT, context.data, context.size) : OSSL_PARAM_construct_end(),
        OSSL_PARAM_construct_end(),
    };
    Message message(EVP_MD_CTX_new());
    const auto init = signing ? EVP_DigestSignInit_ex : EVP_DigestVerifyInit_ex;
    if (!message || init(message.get(), nullptr, nullptr, nullptr, nullptr, key.pkey(), parameters) != 1)
        return nullptr;
    return message;
}

Napi::Value sign_message(const Napi::CallbackInfo &info) {
    const Key *key = Key::of(info[0], {"ED25519", "ED448"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes message = bytes_of(info[1]), out = bytes_of(info[2]);
    const Message context = ready(info.Env(), *key, true, info[3]);
    size_t length = out.size;
    Trace::mark(MARK_COMPUTING);
    if (!context || EVP_DigestSign(context.get(), out.data, &length, message.data, message.size) != 1)
        return refuse_openssl(info.Env(), "signing");
    Trace::mark(MARK_COMPUTED);
    return Napi::Number::New(info.Env(), static_cast<double>(length));
}

Napi::Value verify_message(const Napi::CallbackInfo &info) {
    const Key *key = Key::of(info[0], {"ED25519", "ED448"});
    if (key == nullptr)
        return info.Env().Undefined();
    const Bytes message = bytes_of(info[1]), signature = bytes_of(info[2]);
    const Message context = ready(info.Env(), *key, false, info[3]);
    if (!context)
        return refuse_openssl(info.Env(), "verifying");
    const int result = EVP_DigestVerify(context.get(), signature.data, signature.size, message.data, message.size);
    return Napi::Boolean::New(info.Env(), verified(result));
}
