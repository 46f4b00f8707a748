using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using Steelyard.Core.Control;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>
/// How the box was before an update: what must be so again before the new root is kept.
/// </summary>
/// <param name="Version">The program that ran.</param>
/// <param name="TwinAlive">The twin was heard.</param>
/// <param name="ServicesUp">The virtual services that were up.</param>
internal sealed record BeforeNote(
    string Version, bool TwinAlive, ImmutableArray<string> ServicesUp)
{
    private const string Name = "before.json";

    public static BeforeNote Of(BoxStatus status) => new(
        status.Version,
        status.Twin.Alive,
        [.. status.Services.Where(service => service.Up).Select(service => service.Service)]);

    /// <summary>None when nothing was noted, or nothing that can be read.</summary>
    public static BeforeNote? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(folder, Name)), BeforeJson.Default.BeforeNote);
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">It is not noted.</exception>
    public void Write(string folder) => AtomicFile.Write(
        Path.Combine(folder, Name),
        JsonSerializer.SerializeToUtf8Bytes(this, BeforeJson.Default.BeforeNote));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BeforeNote))]
internal sealed partial class BeforeJson : JsonSerializerContext;
