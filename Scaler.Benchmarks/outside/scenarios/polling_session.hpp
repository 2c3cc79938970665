#pragma once

#include "wire/dialect.hpp"
#include "wire/http_client.hpp"
#include "wire/numbered_text.hpp"

#include <functional>

namespace outside {

/// A session whose requests go over two connections: one polls, one posts.
class PollingSession {
public:
    PollingSession(EventLoop& loop, Port server, const Dialect& dialect, std::string target);
    PollingSession(const PollingSession&) = delete;
    PollingSession& operator=(const PollingSession&) = delete;

    /// Polls and posts; tells when the post is answered and the poll has brought the message back.
    void begin_round(std::function<void(Duration)> over);

private:
    void poll();
    void take_poll(const HttpAnswer& answer);
    void take_post(const HttpAnswer& answer);
    void end_if_over();

    const Dialect& dialect_;
    const std::string target_;
    HttpClient poll_;
    HttpClient post_;
    NumberedText text_;
    std::function<void(Duration)> over_;
    Instant began_{};
    std::uint64_t round_ = 0;
    bool is_polled_ = false;
    bool is_posted_ = false;
    bool owes_pong_ = false;
};

} // namespace outside
