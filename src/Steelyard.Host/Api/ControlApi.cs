using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Services;
using Endpoint = Steelyard.Core.Wire.Endpoint;

namespace Steelyard.Host.Api;

/// <summary>The control API's endpoints: HTTP and JSON on one side, the box on the other.</summary>
public static class ControlApi
{
    /// <summary>Largest request body, in bytes; the largest wish is a few hundred.</summary>
    public const int MaximumBodyBytes = 16 * 1024;

    /// <summary>Most connections in one answer: about 15 MB of JSON.</summary>
    public const int MaximumConnections = 65_536;

    private const int DefaultConnections = 1_000;

    /// <summary>The control loop answers in milliseconds; a reload may take a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>All endpoints: what reads, and what changes.</summary>
    public static void Map(IEndpointRouteBuilder routes, IBoxControl box)
    {
        MapReading(routes, box);
        routes.MapPost("/v1/failover", Guarded(async (context, cancellation) =>
        {
            FailoverRequest wish = await ReadAsync(context, ApiJson.Default.FailoverRequest);
            ControlAnswer answer =
                await box.FailoverAsync(wish.Router, wish.Force, cancellation);
            await AnswerAsync(context, answer);
        }));
        routes.MapPost("/v1/maintenance", Guarded(async (context, cancellation) =>
        {
            MaintenanceRequest wish = await ReadAsync(context, ApiJson.Default.MaintenanceRequest);
            await AnswerAsync(context, await box.SetMaintenanceAsync(wish.On, cancellation));
        }));
        routes.MapPost("/v1/reload", Guarded(async (context, cancellation) =>
            await AnswerAsync(context, await box.ReloadAsync(cancellation))));
        routes.MapPost("/v1/services/change", Guarded(async (context, cancellation) =>
        {
            IpvsChange wish = await ReadAsync(context, ApiJson.Default.IpvsChange);
            ControlAnswer answer = IpvsForm.WhyNot(wish)
                ?? await box.ChangeServicesAsync(wish, cancellation);
            await AnswerAsync(context, answer);
        }));
    }

    /// <summary>The endpoints that change nothing.</summary>
    public static void MapReading(IEndpointRouteBuilder routes, IBoxControl box)
    {
        routes.MapGet("/v1/status", Guarded(async (context, cancellation) =>
        {
            BoxStatus status = await box.StatusAsync(cancellation);
            await WriteAsync(context, status, ApiJson.Default.BoxStatus);
        }));
        routes.MapGet("/v1/services", Guarded(async (context, cancellation) =>
        {
            IpvsListing listing = await box.ListAsync(cancellation);
            await WriteAsync(context, listing, ApiJson.Default.IpvsListing);
        }));
        routes.MapGet("/v1/connections", Guarded(async (context, cancellation) =>
        {
            int limit = ReadLimit(context.Request.Query["limit"]);
            ImmutableArray<ConnectionRecord> records =
                await box.ConnectionsAsync(limit + 1, cancellation);
            ConnectionPage page = new(
                [.. records.Take(limit).Select(record => ConnectionEntry.From(record))],
                records.Length > limit);
            await WriteAsync(context, page, ApiJson.Default.ConnectionPage);
        }));
        routes.MapGet("/v1/explain", Guarded(async (context, cancellation) =>
        {
            ExplainAnswer answer =
                await box.ExplainAsync(ReadQuestion(context.Request.Query), cancellation);
            await WriteAsync(context, answer, ApiJson.Default.ExplainAnswer);
        }));
    }

    /// <summary>Writes a problem in the API's form.</summary>
    public static Task WriteProblemAsync(
        HttpContext context, int statusCode, string error, string sentence)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.StatusCode = statusCode;
        return WriteAsync(context, new(error, sentence), ApiJson.Default.Problem);
    }

    private static RequestDelegate Guarded(Func<HttpContext, CancellationToken, Task> handle) =>
        async context =>
        {
            using CancellationTokenSource patience =
                CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            patience.CancelAfter(Patience);
            try
            {
                await handle(context, patience.Token);
            }
            catch (BadHttpRequestException bad)
            {
                await WriteProblemAsync(context, bad.StatusCode, "bad_request", bad.Message);
            }
            catch (InvalidOperationException overloaded)
            {
                await WriteProblemAsync(
                    context,
                    StatusCodes.Status503ServiceUnavailable,
                    "busy",
                    overloaded.Message);
            }
            catch (OperationCanceledException)
                when (!context.RequestAborted.IsCancellationRequested)
            {
                await WriteProblemAsync(
                    context,
                    StatusCodes.Status503ServiceUnavailable,
                    "busy",
                    $"the box did not answer within {Patience.TotalSeconds:0} s");
            }
        };

    private static Task AnswerAsync(HttpContext context, ControlAnswer answer) => answer.IsDone
        ? WriteAsync(context, answer, ApiJson.Default.ControlAnswer)
        : WriteProblemAsync(
            context, StatusCodes.Status409Conflict, answer.Error, answer.Sentence);

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        try
        {
            T? wish = await JsonSerializer.DeserializeAsync(
                context.Request.Body, type, context.RequestAborted);
            return wish ?? throw new BadHttpRequestException("the body is null");
        }
        catch (JsonException wrong)
        {
            throw new BadHttpRequestException($"the body is not understood: {wrong.Message}");
        }
    }

    private static async Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        try
        {
            await JsonSerializer.SerializeAsync(
                context.Response.Body, value, type, context.RequestAborted);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // Whoever asked has hung up: nobody is left to be told.
        }
    }

    private static int ReadLimit(string? text)
    {
        if (text is null)
        {
            return DefaultConnections;
        }

        return int.TryParse(
                text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit)
            && limit is >= 1 and <= MaximumConnections
            ? limit
            : throw new BadHttpRequestException(
                $"'limit' is a number from 1 to {MaximumConnections}, not '{text}'");
    }

    private static ExplainQuestion ReadQuestion(IQueryCollection query)
    {
        TransportProtocol protocol = query["protocol"].ToString() switch
        {
            "" or "tcp" => TransportProtocol.Tcp,
            "udp" => TransportProtocol.Udp,
            "sctp" => TransportProtocol.Sctp,
            string other => throw new BadHttpRequestException(
                $"'protocol' is tcp, udp or sctp, not '{other}'"),
        };
        return new(
            protocol, ReadEndpoint(query, "client"), ReadEndpoint(query, "virtual"));
    }

    private static Endpoint ReadEndpoint(IQueryCollection query, string name) =>
        Endpoint.TryParse(query[name].ToString(), out Endpoint endpoint)
            ? endpoint
            : throw new BadHttpRequestException(
                $"'{name}' is an address and port such as 10.0.0.1:80, not '{query[name]}'");
}
