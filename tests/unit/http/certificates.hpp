#pragma once

#include <memory>
#include <string>

struct evp_pkey_st;
struct ssl_ctx_st;
struct x509_st;

namespace billow::test {

/// A key and its certificate, made for one test.
class Identity {
 public:
  struct Wish {
    std::string name = "127.0.0.1";  ///< subject alternative name, an address or a DNS name
    bool is_authority = false;
    long starts_s = -3600;  ///< validity, relative to now
    long ends_s = 3600;
    const Identity* issuer = nullptr;  ///< nullptr: self-signed
  };
  explicit Identity(const Wish& wish);

  std::string certificate_pem() const;
  std::string key_pem() const;
  x509_st* certificate() const noexcept { return certificate_.get(); }
  evp_pkey_st* key() const noexcept { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

/// A server's context. With an authority it demands a client certificate issued by it.
std::shared_ptr<ssl_ctx_st> server_context(const Identity& identity,
                                           const Identity* client_authority = nullptr);

/// A folder below the system's temporary one, removed with its content.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const noexcept { return path_; }
  /// Writes a file, with the folders above it, and returns its whole path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

}  // namespace billow::test
