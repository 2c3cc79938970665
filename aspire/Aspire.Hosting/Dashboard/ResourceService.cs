using Aspire.Hosting.ApplicationModel;
using Grpc.Core;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the dashboard asks an AppHost: the resources and each change, their consoles, and commands to them.</summary>
internal sealed class ResourceService(
    ApplicationName name, ResourceNotificationService notifications, ResourceLoggerService consoles, ResourceCommandService commands,
    IHostApplicationLifetime lifetime) : DashboardService.DashboardServiceBase
{
    // A message of the console stays below the 4 MB that a gRPC client takes.
    private const int LinesInMessage = 500;

    public override Task<ApplicationInformationResponse> GetApplicationInformation(
        ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = name.Text });

    public override Task WatchResources(
        WatchResourcesRequest request, IServerStreamWriter<WatchResourcesUpdate> responseStream, ServerCallContext context) =>
        UntilEndAsync(context, async cancellationToken =>
        {
            var present = new InitialResourceData();
            present.Resources.AddRange(notifications.Current().Select(ResourceMessage.Of));
            await responseStream.WriteAsync(new() { InitialData = present }, cancellationToken);

            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                var changes = new WatchResourcesChanges { Value = { new WatchResourcesChange { Upsert = ResourceMessage.Of(change) } } };
                await responseStream.WriteAsync(new() { Changes = changes }, cancellationToken);
            }
        });

    public override Task WatchResourceConsoleLogs(
        WatchResourceConsoleLogsRequest request, IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream,
        ServerCallContext context) =>
        UntilEndAsync(context, async cancellationToken =>
        {
            var console = consoles.Console(request.ResourceName);
            await foreach (var lines in console.WatchAsync(follow: !request.SuppressFollow, cancellationToken))
            {
                foreach (var part in lines.Chunk(LinesInMessage))
                {
                    var update = new WatchResourceConsoleLogsUpdate();
                    update.LogLines.AddRange(part.Select(line =>
                        new ConsoleLogLine { LineNumber = line.LineNumber, Text = line.Content, IsStdErr = line.IsErrorMessage }));
                    await responseStream.WriteAsync(update, cancellationToken);
                }
            }
        });

    public override async Task<ResourceCommandResponse> ExecuteResourceCommand(ResourceCommandRequest request, ServerCallContext context)
    {
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, context.CancellationToken);
        var response = new ResourceCommandResponse
        {
            Kind = result.Success ? ResourceCommandResponseKind.Succeeded
                : result.Canceled ? ResourceCommandResponseKind.Cancelled
                : ResourceCommandResponseKind.Failed,
        };
        if (result.Message is not null) response.Message = result.Message;
        return response;
    }

    // There are no interactions, but the dashboard shows no resources until this call stays open.
    public override Task WatchInteractions(
        IAsyncStreamReader<WatchInteractionsRequestUpdate> requestStream,
        IServerStreamWriter<WatchInteractionsResponseUpdate> responseStream, ServerCallContext context) =>
        UntilEndAsync(context, cancellationToken => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken));

    private async Task UntilEndAsync(ServerCallContext context, Func<CancellationToken, Task> work)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The dashboard looks elsewhere, or the application ends.
        }
    }
}
