using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Http;

namespace Scaler.Tests.Security.Auth;

public sealed class AccessTokenTests
{
    [Theory]
    [InlineData("?EIO=4&access_token=abc&account=a", "?EIO=4&account=a", "Bearer abc")]
    [InlineData("?access_token=abc", "", "Bearer abc")]
    [InlineData("?access%5Ftoken=a%2Eb&x=%20y", "?x=%20y", "Bearer a.b")]
    [InlineData("?a=1&access_token=abc&access_token=def&b", "?a=1&b=", "Bearer abc,Bearer def")]
    [InlineData("?access_token=", "", "Bearer ")]
    [InlineData("?ACCESS_TOKEN=abc", "?ACCESS_TOKEN=abc", "")]
    [InlineData("?a=access_token", "?a=access_token", "")]
    [InlineData("", "", "")]
    public void MoveToHeader_TokensInTheQuery_RemovesThemFromTheUrl(string query, string remaining, string header)
    {
        var context = new DefaultHttpContext();
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        (request.QueryString, request.RawTarget) = (query, "/stream/" + query);

        AccessToken.MoveToHeader(request);

        Assert.Equal(
            (remaining, "/stream/" + remaining, header),
            (request.QueryString, request.RawTarget, context.Request.Headers.Authorization.ToString()));
    }

    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer  abc ", "abc")]
    [InlineData("Basic abc", null)]
    [InlineData("Bearer", null)]
    [InlineData("", null)]
    public void Read_AuthorizationHeader_ReturnsTheBearerToken(string header, string? token)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = header;
        Assert.Equal(token, AccessToken.Read(request));
        request.Headers.Authorization = new([header, header]);
        Assert.Null(AccessToken.Read(request));
    }

    [Theory]
    [InlineData("/stream/", true)]
    [InlineData("/stream", true)]
    [InlineData("/base/stream/", true)]
    [InlineData("//base//Stream//", true)]
    [InlineData("/stream%2F", false)]
    [InlineData("/chat/", false)]
    [InlineData("/hub", false)]
    public void Create_TokenInTheQuery_IsMovedOnScalersPathOnly(string path, bool moved)
    {
        var features = new DefaultHttpContext().Features;
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        (request.Path, request.QueryString) = (path, "?access_token=abc");

        var paths = new EndpointPaths();
        paths.Add("/stream");
        paths.Add("/chat", "named");
        new AccessTokenContextFactory(new Inner(), paths).Create(features);

        Assert.Equal(moved ? "" : "?access_token=abc", request.QueryString);
    }

    private sealed class Inner : IHttpContextFactory
    {
        public HttpContext Create(IFeatureCollection featureCollection) => new DefaultHttpContext(featureCollection);

        public void Dispose(HttpContext httpContext)
        {
        }
    }
}
