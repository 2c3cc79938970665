using System.Reflection;
using Microsoft.AspNetCore.Http;
using Scaler.Stream.Api;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

/// <summary>Tests that an operation that the Redis client cancels counts as a failure of Redis.</summary>
public sealed class RedisFailureTests
{
    public static TheoryData<Exception, bool, bool> Failures => new()
    {
        { new RedisConnectionException(ConnectionFailureType.SocketFailure, "gone"), false, true },
        { new RedisTimeoutException("late", CommandStatus.Sent), true, true },
        { new TimeoutException(), false, true },
        { new TaskCanceledException(), false, true },
        { new OperationCanceledException(), false, true },
        { new TaskCanceledException(), true, false },
        { new InvalidOperationException(), false, false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Is_Exception_DistinguishesRedisFromTheCaller(Exception exception, bool isCanceledByCaller, bool expected) =>
        Assert.Equal(expected, RedisFailure.Is(exception, new CancellationToken(isCanceledByCaller)));

    [Theory]
    [InlineData(false, 503)]
    [InlineData(true, 0)]
    public async Task ApiRequest_OperationCanceledByTheClientOfRedis_Returns503(bool isClientGone, int status)
    {
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(isClientGone) };
        context.Response.StatusCode = 0;
        Assert.Equal(
            status > 0,
            await new ApiExceptionHandler(new NoProblems()).TryHandleAsync(context, new TaskCanceledException(), default));
        Assert.Equal(status, context.Response.StatusCode);
    }

    [Fact]
    public async Task ErrorPublisher_AppendCanceledByTheRedisClient_IsRetried()
    {
        var redis = DispatchProxy.Create<IConnectionMultiplexer, HungRedis>();
        var hung = (HungRedis)(object)redis;
        var errors = new ScalerErrors();
        using var publisher = new ErrorPublisher(errors, new ErrorLog(redis, new("scaler")), TimeProvider.System);
        await publisher.StartAsync(default);

        errors.Raise(new() { Name = ErrorNames.Json, Arguments = ["x"], At = default, Server = "one" }, static (_, _) => { });

        await hung.Answered.Task.WithTimeout();
        await publisher.StopAsync(default);
        Assert.Equal(2, hung.Calls);
        Assert.False(publisher.ExecuteTask!.IsFaulted);
    }

    private sealed class NoProblems : IProblemDetailsService
    {
        public ValueTask WriteAsync(ProblemDetailsContext context) => default;
    }

    /// <summary>Cancels its first call as the Redis client does, and answers the second.</summary>
    public class HungRedis : DispatchProxy
    {
        private readonly IDatabase _database = Create<IDatabase, HungDatabase>();

        internal TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Calls { get; private set; }

        internal Task<RedisResult> Call()
        {
            if (++Calls == 1)
            {
                return Task.FromCanceled<RedisResult>(new CancellationToken(true));
            }

            Answered.TrySetResult();
            return Task.FromResult(RedisResult.Create((RedisValue)1));
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            ((HungDatabase)(object)_database).Owner = this;
            return targetMethod!.Name switch
            {
                "get_IsConnected" => true,
                nameof(IConnectionMultiplexer.GetDatabase) => _database,
                _ => throw new NotSupportedException(targetMethod.Name),
            };
        }
    }

    /// <summary>The database of <see cref="HungRedis"/>.</summary>
    public class HungDatabase : DispatchProxy
    {
        internal HungRedis Owner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Owner.Call();
    }
}
