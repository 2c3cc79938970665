using Scaler.EngineIO;

namespace Scaler;

/// <summary>Validates the account name in a handshake.</summary>
internal static class AccountName
{
    public const string Parameter = "account";

    public static EngineAuthorization Validate(string? account, ScalerOptions options)
    {
        if (string.IsNullOrEmpty(account))
        {
            return EngineAuthorization.BadRequest($"Bad request: the query parameter '{Parameter}' is required");
        }

        if (account.Length > options.MaxAccountLength)
        {
            return EngineAuthorization.BadRequest(
                $"Bad request: the query parameter '{Parameter}' has {account.Length} characters, "
                + $"at most {options.MaxAccountLength} are allowed");
        }

        return account.Any(char.IsControl)
            ? EngineAuthorization.BadRequest($"Bad request: the query parameter '{Parameter}' has a control character")
            : EngineAuthorization.Allow;
    }
}
