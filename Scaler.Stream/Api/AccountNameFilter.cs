using Microsoft.Extensions.Options;

namespace Scaler.Stream.Api;

/// <summary>Rejects invalid account names, with which no client can connect.</summary>
internal sealed class AccountNameFilter(IOptions<ScalerOptions> options) : IEndpointFilter
{
    public const string Parameter = "account";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var account = (string)context.HttpContext.Request.RouteValues[Parameter]!;
        var problem = account.Length > options.Value.MaxAccountLength
            ? $"The account name has {account.Length} characters; at most {options.Value.MaxAccountLength} are allowed."
            : account.Any(char.IsControl) ? "The account name contains a control character." : null;
        return problem is null
            ? next(context)
            : new(TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest));
    }
}
