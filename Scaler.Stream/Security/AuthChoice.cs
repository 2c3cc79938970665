using Microsoft.Extensions.Options;

namespace Scaler.Stream.Security;

/// <summary>Outside Development the service does not start until somebody has said how clients prove who they are.</summary>
internal sealed class AuthChoice(IHostEnvironment environment) : IValidateOptions<ScalerOptions>
{
    public ValidateOptionsResult Validate(string? name, ScalerOptions options) => options.Auth.Mode is null && !environment.IsDevelopment()
        ? ValidateOptionsResult.Fail(
            $"{ScalerOptions.Section}:Auth:Mode is not set; outside Development it must be 'Jwt' (clients bring a token that says which account they are) "
            + "or 'None' (every client may name any account).")
        : ValidateOptionsResult.Success;
}
