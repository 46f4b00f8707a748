using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using Steelyard.Core.Control;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Api;

/// <summary>The control API's JSON: names in snake_case, nothing unknown accepted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(IpAddressConverter),
        typeof(EndpointConverter),
        typeof(PersistenceConverter),
        typeof(WordConverter<TransportProtocol>),
        typeof(WordConverter<ForwardingMethod>),
        typeof(WordConverter<IpvsVerb>),
        typeof(WordConverter<TunnelKind>),
        typeof(WordConverter<TunnelChecksum>),
        typeof(WordConverter<SchedulerFlags>),
        typeof(WordConverter<ExplainVerdict>),
    ])]
[JsonSerializable(typeof(BoxStatus))]
[JsonSerializable(typeof(ControlAnswer))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(IpvsChange))]
[JsonSerializable(typeof(IpvsListing))]
[JsonSerializable(typeof(ConnectionPage))]
[JsonSerializable(typeof(FailoverRequest))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(PersistenceEntry))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>What the box answers instead of what was asked for.</summary>
/// <param name="Error">A stable word for machines.</param>
/// <param name="Sentence">What is wrong, for people.</param>
internal sealed record Problem(string Error, string Sentence);

internal sealed record FailoverRequest(string? Router = null, bool Force = false);

internal sealed record MaintenanceRequest(bool On);

/// <summary>Enumerations as words in snake_case, never as numbers.</summary>
internal sealed class WordConverter<TEnum>()
    : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;

internal sealed class IpAddressConverter : JsonConverter<IpAddress>
{
    public override IpAddress Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            && IpAddress.TryParse(reader.GetString(), out IpAddress address)
            ? address
            : throw new JsonException("an IP address is wanted, such as \"10.0.0.1\"");

    public override void Write(
        Utf8JsonWriter writer, IpAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class EndpointConverter : JsonConverter<Endpoint>
{
    public override Endpoint Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            && Endpoint.TryParse(reader.GetString(), out Endpoint endpoint)
            ? endpoint
            : throw new JsonException("an address and port are wanted, such as \"10.0.0.1:80\"");

    public override void Write(
        Utf8JsonWriter writer, Endpoint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Persistence in JSON.</summary>
/// <param name="TimeoutS">Whole seconds.</param>
/// <param name="Netmask">Of IPv4 clients, as an address.</param>
/// <param name="PrefixLength">Of IPv6 clients.</param>
internal sealed record PersistenceEntry(int TimeoutS, IpAddress Netmask, int PrefixLength = 128);

internal sealed class PersistenceConverter : JsonConverter<PersistenceSettings>
{
    public override PersistenceSettings? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        PersistenceEntry? entry =
            JsonSerializer.Deserialize(ref reader, ApiJson.Default.PersistenceEntry);
        return entry switch
        {
            null => null,
            { TimeoutS: > 0, Netmask.IsIpv4: true, PrefixLength: >= 0 and <= 128 } => new(
                TimeSpan.FromSeconds(entry.TimeoutS), entry.Netmask.Ipv4, entry.PrefixLength),
            _ => throw new JsonException(
                "persistence wants a time, an IPv4 mask and a prefix of at most 128 bits"),
        };
    }

    public override void Write(
        Utf8JsonWriter writer, PersistenceSettings value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        JsonSerializer.Serialize(
            writer,
            new PersistenceEntry(
                (int)value.Timeout.TotalSeconds,
                IpAddress.FromIpv4(value.Netmask),
                value.PrefixLength),
            ApiJson.Default.PersistenceEntry);
    }
}
