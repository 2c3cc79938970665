using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Scaler.ServiceDefaults;

/// <summary>Runs a service and reports a configuration error as one line instead of a stack trace.</summary>
public static class ServiceProgram
{
    // Microsoft.Extensions.Configuration.Binder has no exception type of its own for a value that it cannot convert.
    private const string BinderError = "Failed to convert configuration value";

    private const string SettingsFile = "appsettings.json";

    /// <summary>
    /// Creates the builder of a service. If the working directory has no <c>appsettings.json</c>, the content root is the folder
    /// of the executable, so that a service that is started from another folder finds its settings and static files. A content
    /// root from the command line or the environment is kept. Responses have no <c>Server</c> header.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <returns>The builder.</returns>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var isChosen = new ConfigurationBuilder()
            .AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables("DOTNET_").AddCommandLine(args)
            .Build()[HostDefaults.ContentRootKey] is not null;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = isChosen || File.Exists(SettingsFile) ? null : AppContext.BaseDirectory,
        });

        // The Server header would name the software to attackers.
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        return builder;
    }

    /// <summary>
    /// Builds the application, validates all options that are marked for validation at start, and runs until the host stops. A
    /// configuration error is written to standard error as one line that names the key, its value and a correct value.
    /// </summary>
    /// <param name="build">Builds the application.</param>
    /// <returns>The exit code of the process: 0 after a graceful shutdown, 1 after a configuration error.</returns>
    public static int Run(Func<WebApplication> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        try
        {
            using var app = build();

            // The host would validate too, but it logs a failure with its stack trace before it throws.
            app.Services.GetService<IStartupValidator>()?.Validate();
            app.Run();
            return 0;
        }
        catch (Exception exception) when (IsConfigurationError(exception))
        {
            Console.Error.WriteLine(exception.Message.ReplaceLineEndings(" "));
            return 1;
        }
    }

    private static bool IsConfigurationError(Exception exception) =>
        exception is OptionsValidationException
        || (exception is InvalidOperationException && exception.Message.StartsWith(BinderError, StringComparison.Ordinal))
        || (exception is AggregateException { InnerExceptions: var inner } && inner.All(IsConfigurationError));
}
