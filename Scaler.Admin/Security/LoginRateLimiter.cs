using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;

namespace Scaler.Admin.Security;

/// <summary>
/// Limits login attempts per client address, to prevent token guessing and flooding of the audit log. Requests other than login
/// attempts are not limited.
/// </summary>
internal static class LoginRateLimiter
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddLoginRateLimiter(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<AdminOptions>>((limiter, options) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => IsAttempt(context.Request)
                ? RateLimitPartition.GetFixedWindowLimiter(GetPartition(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions
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
                await rejected.HttpContext.Response.WriteAsync($"Too many login attempts from this address. Try again in {seconds} s.", cancellationToken);
            };
        });
        return services;
    }

    /// <summary>
    /// Returns the rate limiter partition of an address: an IPv4 address, or the /64 network of an IPv6 address.
    /// </summary>
    internal static string GetPartition(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return address is { AddressFamily: AddressFamily.InterNetworkV6 }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address?.ToString() ?? "unknown";
    }

    // Viewing the login page is not an attempt. Submitting it, following a link with a token, or using the provider is.
    private static bool IsAttempt(HttpRequest request) =>
        request.Path.StartsWithSegments(AdminSecurityExtensions.LoginPath, out var rest)
        && (rest.HasValue || HttpMethods.IsPost(request.Method) || request.Query.ContainsKey("t"));
}
