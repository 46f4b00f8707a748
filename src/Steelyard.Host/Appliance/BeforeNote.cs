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
/// How the box was before an update: what must be so again before the new root is kept. An older
/// program writes less; of what it does not say, all was well.
/// </summary>
/// <param name="TwinAlive">The twin was heard.</param>
/// <param name="ServicesUp">The virtual services that were up.</param>
/// <param name="Answered">The box said how it was; else nothing is known of it.</param>
/// <param name="RoutersAtFault">The virtual routers that were FAULT; none means none.</param>
/// <param name="DashboardAnswered">The page was served, or was off.</param>
internal sealed record BeforeNote(
    bool TwinAlive,
    ImmutableArray<string> ServicesUp,
    bool Answered = true,
    ImmutableArray<string>? RoutersAtFault = null,
    bool DashboardAnswered = true)
{
    private const string Name = "before.json";

    /// <param name="status">None when the box did not answer.</param>
    public static BeforeNote Of(BoxStatus? status, bool dashboardAnswered) => new(
        status?.Twin.Alive ?? false,
        [
            .. from service in status?.Services ?? []
               where service.Up
               select service.Service,
        ],
        status is not null,
        [
            .. from router in status?.VirtualRouters ?? []
               where router.State == "FAULT"
               select router.Name,
        ],
        dashboardAnswered);

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

    /// <summary>The root that it was for is kept, or will not be.</summary>
    public static void Remove(string folder) => AtomicFile.TryDelete(Path.Combine(folder, Name));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BeforeNote))]
internal sealed partial class BeforeJson : JsonSerializerContext;
