using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Steelyard.Core.Hardware;

namespace Steelyard.Host.Mqtt;

/// <summary>JSON of all that is published, written by generated code.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BoxPayload))]
[JsonSerializable(typeof(HardwareReading))]
[JsonSerializable(typeof(RouterPayload))]
[JsonSerializable(typeof(PortPayload))]
[JsonSerializable(typeof(ServicePayload))]
[JsonSerializable(typeof(ServerPayload))]
[JsonSerializable(typeof(RatesPayload))]
[JsonSerializable(typeof(HistoryPayload))]
[JsonSerializable(typeof(EventPayload))]
[JsonSerializable(typeof(ImmutableArray<EventPayload>))]
internal sealed partial class PayloadJson : JsonSerializerContext;
