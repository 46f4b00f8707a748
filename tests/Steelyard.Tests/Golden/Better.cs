using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Steelyard.Tests.Golden;

/// <summary>
/// Where the kernel's recorded behaviour is a defect for users and ours is better: the replay
/// expects ours. The list lies beside the recordings.
/// </summary>
internal static class Better
{
    public const string FileName = "BETTER";

    private static readonly Dictionary<(string File, int Event), JsonElement> Cases = Load();

    /// <summary>What is expected of an event or a packet's step, in place of the record.</summary>
    public static JsonElement Of(string file, int index, JsonElement recorded) =>
        Cases.GetValueOrDefault((file, index), recorded);

    private static Dictionary<(string File, int Event), JsonElement> Load()
    {
        string text = File.ReadAllText(Path.Combine(Scenario.Folder, FileName + ".json"));
        return JsonDocument.Parse(text).RootElement.EnumerateArray()
            .SelectMany(one => one.GetProperty("events").EnumerateObject().Select(what => (
                File: one.GetProperty("file").GetString()!,
                Event: int.Parse(what.Name),
                what.Value)))
            .ToDictionary(one => (one.File, one.Event), one => one.Value);
    }
}
