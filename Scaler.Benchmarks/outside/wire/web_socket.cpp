#include "wire/web_socket.hpp"

#include "load_error.hpp"
#include "wire/wrapping.hpp"

#include <utility>

namespace outside {

namespace {

// The example of RFC 6455 section 1.3: the answer to this key is known.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view answer_to_key = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string close_text(std::string_view payload)
{
    if (payload.size() < 2) {
        return "closed by the server without a code";
    }

    const auto code = static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
    return "closed by the server with " + std::to_string(code) + " " + std::string(payload.substr(2));
}

} // namespace

WebSocket::WebSocket(EventLoop& loop, Port server, const Dialect& dialect, const std::string& account, std::size_t index,
    ConnectionOwner& owner, Receiver* receiver)
    : TcpStream(loop, server), dialect_(dialect), index_(index), owner_(owner), receiver_(receiver)
{
    std::string request = "GET " + dialect.web_socket_target(account) + " HTTP/1.1\r\nHost: " + name_of(server)
        + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
    write(request.append(key).append("\r\n\r\n"));
}

void WebSocket::say_goodbye()
{
    constexpr std::string_view normal_closure("\x03\xE8", 2);
    said_goodbye_ = true;
    write(client_frame(Opcode::close, normal_closure));
}

std::size_t WebSocket::take(std::string_view bytes)
{
    std::size_t taken = 0;
    if (!upgraded_) {
        taken = take_answer(bytes);
        if (!upgraded_) {
            return 0;
        }
    }

    while (const auto frame = read_frame(bytes.substr(taken))) {
        take_frame(frame->opcode, frame->is_final, frame->payload);
        taken += frame->size;
    }

    if (const auto messages = std::exchange(together_, 0); messages > 0) {
        receiver_->received(*this, messages);
    }

    return taken;
}

std::size_t WebSocket::take_answer(std::string_view bytes)
{
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) {
        return 0;
    }

    const auto answer = bytes.substr(0, head);
    if (!answer.starts_with("HTTP/1.1 101 ") || answer.find(answer_to_key) == std::string_view::npos) {
        refuse(bytes);
    }

    upgraded_ = true;
    if (!dialect_.hello().empty()) {
        write(client_frame(Opcode::text, dialect_.hello()));
    }

    if (!dialect_.tells_ready()) {
        owner_.opened(*this);
    }

    return head + 4;
}

void WebSocket::take_frame(Opcode opcode, bool is_final, std::string_view payload)
{
    switch (opcode) {
    case Opcode::text:
    case Opcode::continuation:
        if ((opcode == Opcode::continuation) != in_fragments_) {
            fail("a fragment that belongs to nothing, or a message in the midst of another");
        }

        if (is_final && !in_fragments_) {
            take_text(payload);
            return;
        }

        fragments_.append(payload);
        in_fragments_ = !is_final;
        if (is_final) {
            take_text(std::exchange(fragments_, {}));
        }

        return;
    case Opcode::close:
        close_reason_ = close_text(payload);
        return;
    case Opcode::ping:
        pings_++;
        write(client_frame(Opcode::pong, payload));
        return;
    case Opcode::pong:
        return;
    default:
        fail("a frame of type " + std::to_string(static_cast<int>(opcode)));
    }
}

void WebSocket::take_text(std::string_view text)
{
    while (!text.empty()) {
        const auto record = dialect_.next(text);
        switch (record.meaning) {
        case Meaning::nothing:
            break;
        case Meaning::ready:
            owner_.opened(*this);
            break;
        case Meaning::ping:
            pings_++;
            write(client_frame(Opcode::text, dialect_.pong()));
            break;
        case Meaning::message:
            if (said_goodbye_) {
                break;
            }

            if (receiver_ == nullptr) {
                refuse(record.text);
            }

            receiver_->message(*this, record.text);
            together_++;
            break;
        }
    }
}

void WebSocket::ended(const std::string& why)
{
    owner_.ended(*this, close_reason_.empty() ? why : close_reason_);
}

} // namespace outside
