#include "scenarios/polling_session.hpp"

#include "load_error.hpp"
#include "wire/wrapping.hpp"

#include <utility>

namespace outside {

namespace {

/// Stands between the packets of a payload (engine.io-protocol, "Packet encoding").
constexpr char separator = '\x1e';

} // namespace

PollingSession::PollingSession(EventLoop& loop, Port server, const Dialect& dialect, std::string target)
    : dialect_(dialect), target_(std::move(target)), poll_(loop, server), post_(loop, server), text_(usual_size)
{
}

void PollingSession::begin_round(std::function<void(Duration)> over)
{
    over_ = std::move(over);
    round_++;
    is_polled_ = false;
    is_posted_ = false;
    began_ = Clock::now();
    poll();
    auto payload = dialect_.message("echo", text_.with(round_));
    if (std::exchange(owes_pong_, false)) {
        payload = std::string(dialect_.pong()) + separator + payload;
    }

    post_.send(http_post(target_, payload), [this](const HttpAnswer& answer) { take_post(answer); });
}

void PollingSession::poll()
{
    poll_.send(http_get(target_), [this](const HttpAnswer& answer) { take_poll(answer); });
}

void PollingSession::take_poll(const HttpAnswer& answer)
{
    if (answer.status != 200) {
        refuse("a poll's answer " + std::to_string(answer.status) + " " + answer.body);
    }

    for (std::string_view rest = answer.body; !rest.empty();) {
        auto packet = rest.substr(0, rest.find(separator));
        rest.remove_prefix(std::min(rest.size(), packet.size() + 1));
        if (packet.empty()) {
            refuse(answer.body);
        }

        const auto record = dialect_.next(packet);
        owes_pong_ |= record.meaning == Meaning::ping;
        if (record.meaning == Meaning::message) {
            if (is_polled_ || text_.number_of(record.text) != round_) {
                fail("a poll brought a message that was not posted in its round");
            }

            is_polled_ = true;
        }
    }

    // A ping comes alone, when nothing else was there to be polled.
    if (is_polled_) {
        end_if_over();
    } else {
        poll();
    }
}

void PollingSession::take_post(const HttpAnswer& answer)
{
    if (answer.status != 200 || answer.body != "ok") {
        refuse("a post's answer " + std::to_string(answer.status) + " " + answer.body);
    }

    is_posted_ = true;
    end_if_over();
}

void PollingSession::end_if_over()
{
    if (is_polled_ && is_posted_) {
        std::exchange(over_, nullptr)(Clock::now() - began_);
    }
}

} // namespace outside
