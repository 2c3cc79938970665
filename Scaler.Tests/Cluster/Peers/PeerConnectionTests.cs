using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Peers;

public sealed class PeerConnectionTests
{
    [Fact]
    public async Task TryCall_ManyConcurrently_EachCallGetsItsOwnResponse()
    {
        await using var pair = await PeerPair.StartAsync(static async context =>
        {
            await Task.Yield();
            using var reader = new StreamReader(context.Request.Body);
            context.Response.StatusCode = 202;
            await context.Response.WriteAsync(context.Request.QueryString + await reader.ReadToEndAsync());
        });

        await Parallel.ForAsync(0, 1000, async (i, _) =>
            Assert.Equal((202, $"?{i}body {i}"), await PeerPair.ReadAsync(pair.Call($"?{i}", $"body {i}"))));
    }

    [Fact]
    public async Task Response_Large_ArrivesCompleteAndDoesNotBlockOthers()
    {
        var text = string.Concat(Enumerable.Range(0, 500_000).Select(static i => (char)('a' + (i % 26))));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await PeerPair.StartAsync(async context =>
        {
            if (context.Request.QueryString.HasValue)
            {
                await gate.Task;
            }

            await context.Response.WriteAsync(text);
        });
        var held = pair.Call("?held");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PeerPair.ReadAsync(pair.Call())));

        Assert.All(answers, answer => Assert.Equal(text, answer.Body));
        gate.SetResult();
        Assert.Equal(text, (await PeerPair.ReadAsync(held)).Body);
    }

    [Fact]
    public async Task Cancel_RequestInProgress_AbortsOnlyThatRequest()
    {
        var started = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var pair = await PeerPair.StartAsync(async context =>
        {
            if (context.Request.QueryString.HasValue)
            {
                context.RequestAborted.Register(aborted.SetResult);
                started.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
            }
        });
        using var call = pair.Call("?held");
        await started.Task.WithTimeout();

        call.Cancel();

        Assert.Equal(PeerCallOutcome.Canceled, await call.Task.WithTimeout());
        await aborted.Task.WithTimeout();
        Assert.Equal((200, ""), await PeerPair.ReadAsync(pair.Call()));
        Assert.Equal(0, pair.Logger.Collector.Count);
    }

    [Fact]
    public async Task Request_ApplicationAborts_EndsTheCallAsAborted()
    {
        await using var pair = await PeerPair.StartAsync(static context =>
        {
            context.Abort();
            return context.Response.WriteAsync("too late");
        });
        using var call = pair.Call();
        Assert.Equal(PeerCallOutcome.Aborted, await call.Task.WithTimeout());
    }

    [Fact]
    public async Task Request_ApplicationThrows_Returns500AndLogsTheException()
    {
        await using var pair = await PeerPair.StartAsync(static async context =>
        {
            context.Response.Headers["X-Half"] = "done";
            await context.Response.WriteAsync("half");
            throw context.Request.QueryString.HasValue ? new BadHttpRequestException("bad", 413) : new InvalidOperationException("broken");
        });

        Assert.Equal((500, ""), await PeerPair.ReadAsync(pair.Call()));
        Assert.Equal((LogLevel.Error, "broken"), (pair.Logger.LatestRecord.Level, pair.Logger.LatestRecord.Exception?.Message));
        Assert.Equal((413, ""), await PeerPair.ReadAsync(pair.Call("?bad")));
        Assert.Equal(1, pair.Logger.Collector.Count);
    }

    [Fact]
    public async Task Response_CompletedByTheApplication_IsSentBeforeTheApplicationEnds()
    {
        var end = new TaskCompletionSource();
        await using var pair = await PeerPair.StartAsync(async context =>
        {
            context.Response.StatusCode = 413;
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Late"] = "yes";
                return Task.CompletedTask;
            });
            await context.Response.CompleteAsync();
            await end.Task;
            throw new InvalidOperationException("too late for the response");
        });

        Assert.Equal((413, ""), await PeerPair.ReadAsync(pair.Call()));

        end.SetResult();
        await Deadline.WaitUntilAsync(() => pair.Logger.Collector.Count == 1);
        Assert.Equal("too late for the response", pair.Logger.LatestRecord.Exception?.Message);
    }

    [Fact]
    public async Task Response_OnStartingAndOnCompleted_AreInvoked()
    {
        var invoked = new ConcurrentQueue<string>();
        var after = new TaskCompletionSource();
        await using var pair = await PeerPair.StartAsync(context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Late"] = "yes";
                invoked.Enqueue("first");
                return Task.CompletedTask;
            });
            context.Response.OnStarting(() =>
            {
                invoked.Enqueue("last");
                return Task.CompletedTask;
            });
            context.Response.OnCompleted(() =>
            {
                after.SetResult();
                return Task.CompletedTask;
            });
            context.Response.BodyWriter.Write("through the pipe"u8);
            return Task.CompletedTask;
        });
        using var call = pair.Call();
        Assert.Equal(PeerCallOutcome.Completed, await call.Task.WithTimeout());

        var response = new DefaultHttpContext().Response;
        Assert.Equal("through the pipe"u8.ToArray(), call.Response.ReadInto(response).ToArray());
        Assert.Equal("yes", response.Headers["X-Late"]);
        Assert.Equal(["last", "first"], invoked);
        await after.Task.WithTimeout();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_CallPending_EndsTheCallAtBothEnds(bool atCaller)
    {
        var started = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var pair = await PeerPair.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            started.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });
        using var call = pair.Call();
        await started.Task.WithTimeout();

        (atCaller ? (PeerConnection)pair.Caller : pair.Answerer).Abort();

        Assert.Equal(PeerCallOutcome.Unreachable, await call.Task.WithTimeout());
        await aborted.Task.WithTimeout();
        await pair.CallerCompletion.WithTimeout();
        Assert.False(pair.Caller.TryCall(new DefaultHttpContext { Request = { Method = "GET" } }, default, out _));
    }

    [Fact]
    public async Task Close_OutputPending_SendsItFirst()
    {
        var text = new string('x', 300_000);
        PeerPair? pair = null;
        await using var started = pair = await PeerPair.StartAsync(async context =>
        {
            await context.Response.WriteAsync(text);
            context.Response.OnCompleted(() =>
            {
                pair!.Answerer.Close();
                return Task.CompletedTask;
            });
        });
        Assert.Equal((200, text), await PeerPair.ReadAsync(pair.Call()));
        await Task.WhenAll(pair.CallerCompletion, pair.AnswererCompletion).WithTimeout();
    }

    [Fact]
    public async Task RunAsync_PeerSilentForALease_SendsAliveFramesThenEnds()
    {
        var time = new FakeTimeProvider();
        var (here, there) = await PeerPair.ConnectAsync();
        await using var other = there;
        await using var stream = here;
        using var caller = new PeerClientConnection(here, new ScalerClusterOptions(), time);
        var running = caller.RunAsync();
        for (var number = 1; number <= 10; number++)
        {
            // 4 s of the 5 s lease pass before the peer responds.
            time.Advance(TimeSpan.FromSeconds(4));
            Assert.True(caller.TryCall(new DefaultHttpContext { Request = { Method = "GET" } }, default, out var call));
            await ReadAsync(there, PeerFrameKind.KeepAlive);
            await ReadAsync(there, PeerFrameKind.Request);
            await there.WriteAsync(new byte[] { 0, 0, 0, 2, (byte)PeerFrameKind.Response, 0, 0, 0, (byte)number, 1, 0 });
            Assert.Equal(PeerCallOutcome.Completed, await call.Task.WithTimeout());
            call.Dispose();
        }

        Assert.True(caller.TryCall(new DefaultHttpContext { Request = { Method = "GET" } }, default, out var last));
        using (last)
        {
            time.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(PeerCallOutcome.Unreachable, await last.Task.WithTimeout());
        }

        await running.WithTimeout();
    }

    [Fact]
    public async Task TryCall_OutputFull_RefusesRequestsButSendsCancellations()
    {
        var (here, there) = await PeerPair.ConnectAsync();
        await using var other = there;
        await using var stream = here;
        using var caller = new PeerClientConnection(here, new ScalerClusterOptions(), new FakeTimeProvider());
        var running = caller.RunAsync();
        var calls = new List<PeerCall>();
        var body = new ReadOnlySequence<byte>(new byte[PeerRequest.MaxBodyLength]);

        // The other end reads nothing: a few MiB fill the output queue and the socket buffers.
        while (calls.Count < 1000 && caller.TryCall(new DefaultHttpContext { Request = { Method = "POST" } }, body, out var call))
        {
            calls.Add(call);
        }

        Assert.InRange(calls.Count, 16, 999);
        calls[0].Cancel();
        Assert.Equal(PeerCallOutcome.Canceled, await calls[0].Task.WithTimeout());
        await ReadAsync(there, PeerFrameKind.Cancel);
        caller.Abort();
        await running.WithTimeout();
        Assert.All(calls.Skip(1), static call => Assert.Equal(PeerCallOutcome.Unreachable, call.Task.Result));
        calls.ForEach(static call => call.Dispose());
    }

    [Fact]
    public async Task Response_PeerStopsReading_EndsWithTheConnection()
    {
        var ended = new TaskCompletionSource();
        var (here, there) = await PeerPair.ConnectAsync();
        await using var stream = there;
        using var answerer = PeerPair.CreateAnswerer(
            there,
            context =>
            {
                context.Response.OnCompleted(() =>
                {
                    ended.SetResult();
                    return Task.CompletedTask;
                });
                return context.Response.Body.WriteAsync(new byte[32 * 1024 * 1024]).AsTask();
            },
            new FakeTimeProvider(),
            new FakeLogger());
        var running = answerer.RunAsync();
        var request = new ArrayBufferWriter<byte>();
        PeerRequest.Write(request, new DefaultHttpContext { Request = { Method = "GET" } }, default);
        var head = new byte[PeerFrame.HeaderLength];
        PeerFrame.WriteHeader(head, PeerFrameKind.Request, 1, request.WrittenCount);
        await here.WriteAsync((byte[])[.. head, .. request.WrittenSpan]);

        // The response has started. The rest does not fit into the buffers and waits for room.
        await here.ReadExactlyAsync(head).AsTask().WithTimeout();
        Assert.False(ended.Task.IsCompleted);
        await here.DisposeAsync();

        await ended.Task.WithTimeout();
        await running.WithTimeout();
    }

    [Fact]
    public async Task Frame_UnknownKind_IsSkipped()
    {
        await using var pair = await PeerPair.StartAsync(static _ => Task.CompletedTask);
        await pair.AnswererStream.WriteAsync(new byte[] { 0, 0, 0, 2, 99, 0, 0, 0, 0, 1, 2 });
        Assert.Equal((200, ""), await PeerPair.ReadAsync(pair.Call()));
    }

    /// <summary>Reads frames until it has read one of the given kind.</summary>
    private static async Task ReadAsync(System.IO.Stream stream, PeerFrameKind kind)
    {
        var head = new byte[PeerFrame.HeaderLength];
        do
        {
            await stream.ReadExactlyAsync(head).AsTask().WithTimeout();
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head)]).AsTask().WithTimeout();
        }
        while (head[4] != (byte)kind);
    }
}
