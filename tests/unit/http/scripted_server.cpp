#include "unit/http/scripted_server.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace billow::test {

Peer::Peer(int socket, ssl_ctx_st* tls) : socket_(socket) {
  if (tls == nullptr) return;
  session_ = SSL_new(tls);
  SSL_set_fd(session_, socket_);
  open_ = SSL_accept(session_) == 1;
  ERR_clear_error();
  if (open_) return;
  // To close with bytes unread would reset the connection and take our alert out of the client's
  // hands.
  finish();
  char block[4096];
  while (::recv(socket_, block, sizeof block, 0) > 0) {
  }
}

Peer::~Peer() {
  if (session_ != nullptr) {
    if (open_) SSL_shutdown(session_);
    SSL_free(session_);
    ERR_clear_error();
  }
}

long Peer::receive(char* data, std::size_t size) {
  if (session_ == nullptr) return ::recv(socket_, data, size, 0);
  const int bytes = SSL_read(session_, data, static_cast<int>(size));
  ERR_clear_error();
  return bytes;
}

std::string Peer::read_request() {
  char block[65536];
  for (;;) {
    const auto end = buffered_.find("\r\n\r\n");
    if (end != std::string::npos) {
      std::size_t length = end + 4;
      const auto field = buffered_.find("\r\nContent-Length: ");
      if (field < end)
        length += static_cast<std::size_t>(std::atol(buffered_.c_str() + field + 18));
      if (buffered_.size() >= length) {
        std::string request = buffered_.substr(0, length);
        buffered_.erase(0, length);
        return request;
      }
    }
    const long bytes = open_ ? receive(block, sizeof block) : 0;
    if (bytes <= 0) {
      open_ = false;
      return "";
    }
    buffered_.append(block, static_cast<std::size_t>(bytes));
  }
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty() && open_) {
    const long sent = session_ == nullptr
                          ? ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
                          : SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()));
    if (sent <= 0) {
      open_ = false;
      ERR_clear_error();
    } else {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  return open_;
}

bool Peer::answer(std::string_view body, std::string_view header_lines, std::string_view status) {
  return send(http_answer(body, header_lines, status));
}

void Peer::wait_for_close() {
  char block[4096];
  while (open_ && receive(block, sizeof block) > 0) {
  }
  open_ = false;
}

bool Peer::closes_within(int milliseconds) {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, milliseconds) == 0) return false;
  char byte = 0;
  return ::recv(socket_, &byte, 1, MSG_PEEK) <= 0;
}

void Peer::finish() { ::shutdown(socket_, SHUT_WR); }

void Peer::reset() {
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  open_ = false;
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts, ssl_ctx_st* tls)
    : scripts_(std::move(scripts)),
      tls_(tls),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to closed sockets without MSG_NOSIGNAL
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& worker : workers_) worker.join();
  ::close(listener_);
}

void ScriptedServer::serve() {
  for (std::size_t count = 0;; ++count) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(socket);
      return;
    }
    ++connections_;
    sockets_.push_back(socket);
    const Script script = scripts_[std::min(count, scripts_.size() - 1)];
    workers_.emplace_back([this, socket, script] {
      {
        Peer peer(socket, tls_);
        script(peer);
      }
      const std::lock_guard guard(mutex_);
      std::erase(sockets_, socket);
      ::close(socket);
    });
  }
}

std::string ScriptedServer::url(std::string_view path) const {
  return (tls_ != nullptr ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) +
         std::string(path);
}

int ScriptedServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

ScriptedServer::Script ScriptedServer::answering(
    std::function<std::string(const std::string&)> answer) {
  return [answer](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty();
         request = peer.read_request()) {
      peer.send(answer(request));
    }
  };
}

std::string http_answer(std::string_view body, std::string_view header_lines,
                        std::string_view status) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(header_lines) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace billow::test
