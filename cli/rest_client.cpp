#include "cli/rest_client.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>

#include <cpprest/http_client.h>
#include <pplx/threadpool.h>

namespace berth::cli {

namespace {

namespace http = web::http;
using http::client::http_client;
using http::client::http_client_config;

constexpr Duration kStreamPatience = std::chrono::hours(24);

/// While one lives, the system's authorities are not loaded.  cpprestsdk loads them
/// for every connection and offers no way not to; a kubeconfig that names its authority
/// means that one alone, and reading all others takes longer than the exchange.
class WithoutSystemAuthorities {
 public:
  explicit WithoutSystemAuthorities(bool active) {
    if (active)
      for (auto& variable : variables_) hide(variable);
  }
  ~WithoutSystemAuthorities() {
    for (const auto& variable : variables_) restore(variable);
  }
  WithoutSystemAuthorities(const WithoutSystemAuthorities&) = delete;
  WithoutSystemAuthorities& operator=(const WithoutSystemAuthorities&) = delete;

 private:
  struct Variable {
    const char* name = "";
    bool hidden = false;
    std::optional<std::string> before = std::nullopt;
  };

  // NOLINTBEGIN(concurrency-mt-unsafe): nobody else in this program sets a variable.
  static void hide(Variable& variable) {
    if (const char* value = std::getenv(variable.name); value != nullptr) variable.before = value;
    ::setenv(variable.name, "/dev/null", 1);
    variable.hidden = true;
  }

  static void restore(const Variable& variable) {
    if (!variable.hidden) return;
    if (variable.before) {
      ::setenv(variable.name, variable.before->c_str(), 1);
    } else {
      ::unsetenv(variable.name);
    }
  }
  // NOLINTEND(concurrency-mt-unsafe)

  std::array<Variable, 2> variables_{Variable{"SSL_CERT_FILE"}, Variable{"SSL_CERT_DIR"}};
};

void trustAndIdentify(boost::asio::ssl::context& context, const Connection& connection) {
  using boost::asio::buffer;
  if (!connection.authority.empty())
    context.add_certificate_authority(buffer(connection.authority));
  if (connection.clientCertificate.empty()) return;
  context.use_certificate_chain(buffer(connection.clientCertificate));
  context.use_private_key(buffer(connection.clientKey.reveal()), boost::asio::ssl::context::pem);
}

/// The quoted texts of `299 - "text", 299 - "text"`.
std::vector<std::string> warningTexts(const std::string& header) {
  std::vector<std::string> texts;
  std::string text;
  bool quoted = false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (quoted && header[i] == '\\' && i + 1 < header.size()) {
      text += header[++i];
    } else if (header[i] == '"') {
      if (quoted) texts.push_back(std::exchange(text, {}));
      quoted = !quoted;
    } else if (quoted) {
      text += header[i];
    }
  }
  return texts;
}

RestResponse head(const http::http_response& response) {
  RestResponse answer{.status = response.status_code()};
  const auto& headers = response.headers();
  if (const auto found = headers.find("Content-Type"); found != headers.end())
    answer.contentType = found->second;
  if (const auto found = headers.find("Warning"); found != headers.end())
    answer.warnings = warningTexts(found->second);
  return answer;
}

std::string wholeBody(const http::http_response& response) {
  const auto bytes = response.extract_vector().get();
  return {bytes.begin(), bytes.end()};
}

/// One byte is waited for, then all that has come with it is taken.
void drain(const http::http_response& response, const RestTransport::BytesHandler& onBytes) {
  auto buffer = response.body().streambuf();
  std::string bytes;
  for (;;) {
    const auto first = buffer.bumpc().get();
    if (first == concurrency::streams::char_traits<std::uint8_t>::eof()) return;
    bytes.assign(1, static_cast<char>(first));
    const auto waiting = buffer.in_avail();
    if (waiting > 0) {
      bytes.resize(1 + waiting);
      const auto count =
          buffer.getn(reinterpret_cast<std::uint8_t*>(bytes.data() + 1), waiting).get();
      bytes.resize(1 + count);
    }
    if (!onBytes(bytes)) return;
  }
}

}  // namespace

class RestClient::Impl {
 public:
  Impl(Connection connection, Duration patience)
      : connection_(std::move(connection)),
        ordinary_(std::make_unique<http_client>(connection_.server, config(patience))) {}

  RestResponse send(const RestRequest& request) {
    const WithoutSystemAuthorities ours(!connection_.authority.empty());
    if (request.patience) return finish(fresh(*request.patience).request(message(request)).get());
    return finish(ordinary_->request(message(request)).get());
  }

  RestResponse stream(const RestRequest& request, const BytesHandler& onBytes) {
    const WithoutSystemAuthorities ours(!connection_.authority.empty());
    auto client = fresh(request.patience.value_or(kStreamPatience));
    const auto response = client.request(message(request)).get();
    if (response.status_code() / 100 != 2) return finish(response);
    drain(response, onBytes);
    return head(response);
  }

  [[nodiscard]] Error explain(const std::exception& exception) const {
    const std::string what = exception.what();
    const auto* failure = dynamic_cast<const http::http_exception*>(&exception);
    if (failure != nullptr && failure->error_code() == std::errc::timed_out)
      return {Reason::Timeout, connection_.server + ": no answer in time"};
    if (what.find("SSL handshake") != std::string::npos)
      return {
          Reason::ServiceUnavailable,
          connection_.server +
              ": no trust: the kubeconfig's certificate-authority did not sign its certificate"};
    return {Reason::ServiceUnavailable, connection_.server + ": " + what};
  }

 private:
  [[nodiscard]] http_client_config config(Duration patience) const {
    http_client_config config;
    config.set_timeout(std::chrono::duration_cast<std::chrono::milliseconds>(patience));
    config.set_validate_certificates(!connection_.skipVerification);
    config.set_ssl_context_callback(
        [this](boost::asio::ssl::context& context) { trustAndIdentify(context, connection_); });
    return config;
  }

  [[nodiscard]] http_client fresh(Duration patience) const {
    return {connection_.server, config(patience)};
  }

  [[nodiscard]] http::http_request message(const RestRequest& request) const {
    http::http_request message(request.method);
    message.set_request_uri(web::uri(requestTarget(request)));
    message.headers().add("Accept", request.accept);
    message.headers().add("User-Agent", "berth/" BERTH_VERSION);
    if (!connection_.token.empty())
      message.headers().add("Authorization", "Bearer " + connection_.token.reveal());
    if (!request.contentType.empty())
      message.set_body(request.body, utf8string(request.contentType));
    return message;
  }

  static RestResponse finish(const http::http_response& response) {
    auto answer = head(response);
    answer.body = wholeBody(response);
    return answer;
  }

  Connection connection_;
  std::unique_ptr<http_client> ordinary_;
};

Result<std::unique_ptr<RestTransport>> RestClient::make(Connection connection, Duration patience) {
  static const bool once = [] {
    crossplat::threadpool::initialize_with_threads(2);  // its own choice is forty
    return true;
  }();
  static_cast<void>(once);
  try {
    boost::asio::ssl::context probe(boost::asio::ssl::context::sslv23);
    trustAndIdentify(probe, connection);
    return std::unique_ptr<RestTransport>(
        new RestClient(std::make_unique<Impl>(std::move(connection), patience)));
  } catch (const std::exception& exception) {
    return Error{Reason::Invalid, std::string("kubeconfig: ") + exception.what()};
  }
}

RestClient::RestClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RestClient::~RestClient() = default;

Result<RestResponse> RestClient::send(const RestRequest& request) {
  try {
    return impl_->send(request);
  } catch (const std::exception& exception) {
    return impl_->explain(exception);
  }
}

Result<RestResponse> RestClient::stream(const RestRequest& request, const BytesHandler& onBytes) {
  try {
    return impl_->stream(request, onBytes);
  } catch (const std::exception& exception) {
    return impl_->explain(exception);
  }
}

}  // namespace berth::cli
