using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;

namespace Scaler.Admin.Security;

/// <summary>
/// Bounds the logins that one address may try, so that nobody guesses tokens in peace or fills the audit log. Nothing else is
/// counted: whoever is logged in notices nothing of it.
/// </summary>
internal static class LoginLimit
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddLoginLimit(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<AdminOptions>>((limiter, options) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => IsAttempt(context.Request)
                ? RateLimitPartition.GetFixedWindowLimiter(PartitionOf(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = options.Value.LoginAttemptsPerMinute,
                    Window = Window,
                })
                : RateLimitPartition.GetNoLimiter(""));
            limiter.OnRejected = async (rejected, cancellationToken) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var left) ? left : Window;
                var seconds = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                rejected.HttpContext.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                rejected.HttpContext.Response.Headers.RetryAfter = seconds;
                await rejected.HttpContext.Response.WriteAsync($"Too many logins were tried from this address. Try again in {seconds} s.", cancellationToken);
            };
        });
        return services;
    }

    /// <summary>Whose attempts are counted together. Who has one address of IPv6 has all of its network.</summary>
    internal static string PartitionOf(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return address is { AddressFamily: AddressFamily.InterNetworkV6 }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address?.ToString() ?? "unknown";
    }

    // To look at the page is no attempt; to send it, to follow a link with a token and to go by way of the provider is.
    private static bool IsAttempt(HttpRequest request) =>
        request.Path.StartsWithSegments(AdminSecurityExtensions.LoginPath, out var rest)
        && (rest.HasValue || HttpMethods.IsPost(request.Method) || request.Query.ContainsKey("t"));
}
