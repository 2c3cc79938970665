using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Sends numbered messages to a set of receivers, one at a time, and waits until each message has reached all receivers.
/// </summary>
internal sealed class Deliveries
{
    private const int SubscriptionAttempts = 5;
    private readonly string _subject;
    private readonly Func<long, Task> _sendAsync;
    private readonly DeliveryCounter _arrived;
    private readonly TimeSpan _timeout;
    private readonly MessageCheck[] _checks;
    private long _sent;

    /// <summary>Initializes the deliveries and sets the check of each receiver.</summary>
    /// <param name="subject">The kind of the servers, for error messages.</param>
    /// <param name="text">The format of the messages.</param>
    /// <param name="receivers">The receivers.</param>
    /// <param name="timeout">The time within which a message has to arrive at all receivers.</param>
    /// <param name="sendAsync">The function that sends the message with the given number.</param>
    public Deliveries(
        string subject, NumberedText text, IReadOnlyList<LoadConnection> receivers, TimeSpan timeout, Func<long, Task> sendAsync)
    {
        _subject = subject;
        _timeout = timeout;
        _sendAsync = sendAsync;
        _arrived = new DeliveryCounter(receivers.Count);
        _checks = [.. receivers.Select(receiver => new MessageCheck(text, $"{subject}, {receiver.Account}"))];
        foreach (var (receiver, check) in receivers.Zip(_checks))
        {
            receiver.Check = check;
            receiver.Received = (_, _) => Count(check);
        }
    }

    /// <summary>
    /// Sends messages until one of them has reached all receivers. Some servers confirm a connection before they subscribe in
    /// Redis, and lose the messages that are sent in between. The check of each receiver begins with the message that arrives.
    /// </summary>
    public async Task AwaitSubscriptionsAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            foreach (var check in _checks)
            {
                check.SkipTo(_sent);
            }

            try
            {
                await SendAsync(cancellationToken);
                return;
            }
            catch (TimeoutException) when (attempt < SubscriptionAttempts)
            {
                // Only some of the receivers have this message. The next attempt counts all of them from the start.
            }
        }
    }

    /// <summary>Sends the next message and waits until it has reached all receivers.</summary>
    /// <exception cref="TimeoutException">The message has not reached all receivers in time.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var number = _sent;
        var all = _arrived.Next();
        Volatile.Write(ref _sent, number + 1);
        await _sendAsync(number);
        try
        {
            await all.WaitAsync(_timeout, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"{_subject}: {_arrived.Missing} of {_checks.Length} receivers did not receive message {number} "
                + $"within {_timeout.TotalSeconds} s.");
        }
    }

    private void Count(MessageCheck check)
    {
        // An older message that arrives late does not count as an arrival of the current one.
        if (check.Next == Volatile.Read(ref _sent))
        {
            _arrived.Add();
        }
    }
}
