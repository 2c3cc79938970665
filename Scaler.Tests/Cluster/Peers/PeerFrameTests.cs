using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Secrets;

namespace Scaler.Tests.Cluster.Peers;

public sealed class PeerFrameTests
{
    [Fact]
    public void TryRead_FrameComplete_ReadsItAndLeavesTheRest()
    {
        byte[] bytes = [.. Frame(PeerFrameKind.Response, 0xFEDCBA98, [1, 2, 3]), .. Frame(PeerFrameKind.Cancel, 7, []), 9];
        for (var length = 0; length < PeerFrame.HeaderLength + 3; length++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, length);
            Assert.False(PeerFrame.TryRead(ref part, out _));
            Assert.Equal(length, part.Length);
        }

        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.True(PeerFrame.TryRead(ref buffer, out var first));
        Assert.Equal((PeerFrameKind.Response, 0xFEDCBA98), (first.Kind, first.Request));
        Assert.Equal([1, 2, 3], first.Content.ToArray());
        Assert.True(PeerFrame.TryRead(ref buffer, out var second));
        Assert.Equal((PeerFrameKind.Cancel, 7u, 0L), (second.Kind, second.Request, second.Content.Length));
        Assert.False(PeerFrame.TryRead(ref buffer, out _));
        Assert.Equal([9], buffer.ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(PeerFrame.MaxContentLength + 1)]
    public void TryRead_InvalidLength_Throws(int length)
    {
        var head = new byte[PeerFrame.HeaderLength];
        PeerFrame.WriteHeader(head, PeerFrameKind.Request, 1, length);
        Assert.Throws<InvalidDataException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(head);
            PeerFrame.TryRead(ref buffer, out _);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_384)]
    [InlineData(int.MaxValue)]
    public void ReadNumber_WrittenNumber_RoundTrips(int number)
    {
        var writer = new ArrayBufferWriter<byte>();
        PeerFrameEncoding.Write(writer, number);
        var span = writer.WrittenSpan;
        Assert.Equal(number, PeerFrameEncoding.ReadNumber(ref span));
        Assert.True(span.IsEmpty);
    }

    [Fact]
    public void Read_WrittenRequest_RoundTripsWithoutConnectionHeaders()
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        (request.Method, request.Scheme, request.PathBase, request.Path) = ("POST", "https", "/base", "/stream/ü");
        request.QueryString = new QueryString("?EIO=4&account=a%20b&sid=x");
        context.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8::7");
        request.Headers["User-Agent"] = "töst";
        request.Headers["X-Many"] = new(["one", "", "three"]);
        request.Headers.ContentLength = 4;
        request.Headers.Host = "example.org:8443";
        foreach (var name in new[] { "Connection", "keep-alive", "Transfer-Encoding", "TE", "Upgrade", ForwardHeader.Name, PeerHandshakeHeader.Name })
        {
            request.Headers[name] = "x";
        }

        var writer = new ArrayBufferWriter<byte>();
        PeerRequest.Write(writer, context, new ReadOnlySequence<byte>("body"u8.ToArray()));
        var read = PeerRequest.Read(writer.WrittenSpan);

        Assert.Equal(("POST", "https", "/base/stream/ü", "?EIO=4&account=a%20b&sid=x"), (read.Method, read.Scheme, read.PathBase + read.Path, read.QueryString));
        Assert.Equal(IPAddress.Parse("2001:db8::7"), read.Client);
        Assert.Equal(["Content-Length", "Host", "User-Agent", "X-Many"], read.Headers.Keys.Order());
        Assert.Equal("töst", read.Headers.UserAgent);
        Assert.Equal("one||three", string.Join('|', read.Headers["X-Many"].ToArray()));
        Assert.Equal(4, read.Headers.ContentLength);
        Assert.Equal("body", new StreamReader(read.Body).ReadToEnd());
    }

    [Fact]
    public void Read_ClientWithoutAddress_HasNoAddress()
    {
        var writer = new ArrayBufferWriter<byte>();
        PeerRequest.Write(writer, new DefaultHttpContext { Request = { Method = "GET" } }, default);
        var read = PeerRequest.Read(writer.WrittenSpan);
        Assert.Equal(("GET", null, 0L), (read.Method, read.Client, read.Body.Length));
    }

    [Fact]
    public void ReadInto_AnswerInParts_RoundTrips()
    {
        var sent = new HeaderDictionary { ["Content-Type"] = "text/plain", ["Set-Cookie"] = new(["a=1", "b=2"]), ["Connection"] = "close" };
        var writer = new ArrayBufferWriter<byte>();
        PeerResponseBuffer.WriteHeader(writer, 201, sent);
        writer.Write(new byte[10_000]);
        var response = new DefaultHttpContext().Response;
        response.Headers["Set-Cookie"] = "previous";
        response.Headers["Vary"] = "Origin";

        using var answer = new PeerResponseBuffer();
        foreach (var part in writer.WrittenSpan.ToArray().Chunk(999))
        {
            answer.Append(new ReadOnlySequence<byte>(part));
        }

        Assert.Equal(new byte[10_000], answer.ReadInto(response).ToArray());
        Assert.Equal(201, response.StatusCode);
        Assert.Equal("a=1,b=2", response.Headers.SetCookie.ToString());
        Assert.Equal(["Content-Type", "Set-Cookie", "Vary"], response.Headers.Keys.Order());
    }

    /// <summary>Any bytes are read, or rejected with an <see cref="InvalidDataException"/> that ends the connection.</summary>
    [Fact]
    public void Read_RandomBytes_SucceedsOrThrowsInvalidDataException()
    {
        var random = new Random(20);
        var writer = new ArrayBufferWriter<byte>();
        PeerRequest.Write(writer, new DefaultHttpContext { Request = { Method = "GET", Path = "/stream/", Headers = { ["A"] = "b" } } }, default);
        var valid = writer.WrittenSpan.ToArray();
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = valid.AsSpan(0, random.Next(valid.Length + 1)).ToArray();
            for (var change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                PeerRequest.Read(bytes);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 19_999);
    }

    private static byte[] Frame(PeerFrameKind kind, uint request, byte[] content)
    {
        var head = new byte[PeerFrame.HeaderLength];
        PeerFrame.WriteHeader(head, kind, request, content.Length);
        return [.. head, .. content];
    }
}
