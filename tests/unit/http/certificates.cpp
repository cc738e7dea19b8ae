#include "unit/http/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace billow::test {
namespace {

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) throw std::runtime_error("extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

template <class Write>
std::string pem(Write write) {
  BIO* const memory = BIO_new(BIO_s_mem());
  write(memory);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

}  // namespace

Identity::Identity(const Wish& wish)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  static std::atomic<long> serial{1};
  X509* const certificate = certificate_.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wish.starts_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wish.ends_s);
  X509_set_pubkey(certificate, key_.get());
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const std::string common = wish.is_authority ? "authority " + std::to_string(serial) : wish.name;
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  X509* const issuer = wish.issuer != nullptr ? wish.issuer->certificate() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  add_extension(certificate, issuer, NID_basic_constraints,
                wish.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!wish.is_authority) {
    const bool is_address = wish.name.find_first_not_of("0123456789.") == std::string::npos;
    add_extension(certificate, issuer, NID_subject_alt_name,
                  (is_address ? "IP:" : "DNS:") + wish.name);
  }
  X509_sign(certificate, wish.issuer != nullptr ? wish.issuer->key() : key_.get(), EVP_sha256());
}

std::string Identity::certificate_pem() const {
  return pem([this](BIO* out) { PEM_write_bio_X509(out, certificate_.get()); });
}

std::string Identity::key_pem() const {
  return pem([this](BIO* out) {
    PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::shared_ptr<ssl_ctx_st> server_context(const Identity& identity,
                                           const Identity* client_authority) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_use_certificate(context.get(), identity.certificate());
  SSL_CTX_use_PrivateKey(context.get(), identity.key());
  if (client_authority != nullptr) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), client_authority->certificate());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "billow-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& content) const {
  const std::filesystem::path path = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
  return path.string();
}

}  // namespace billow::test
