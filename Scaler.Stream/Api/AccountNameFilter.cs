using Microsoft.Extensions.Options;

namespace Scaler.Stream.Api;

/// <summary>Refuses what cannot be an account's name: no client could have connected with it.</summary>
internal sealed class AccountNameFilter(IOptions<ScalerOptions> options) : IEndpointFilter
{
    public const string Parameter = "account";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var account = (string)context.HttpContext.Request.RouteValues[Parameter]!;
        var problem = account.Length > options.Value.MaxAccountLength
            ? $"The account has {account.Length} characters; at most {options.Value.MaxAccountLength} are possible."
            : account.Any(char.IsControl) ? "The account has a control character; no account has." : null;
        return problem is null
            ? next(context)
            : new(TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest));
    }
}
