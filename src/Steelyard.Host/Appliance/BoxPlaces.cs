namespace Steelyard.Host.Appliance;

/// <summary>Where things are on the box that the image makes.</summary>
internal static class BoxPlaces
{
    /// <summary>The card's FAT partition.</summary>
    public const string Card = "/boot/firmware";

    /// <summary>The configuration in force, and its history.</summary>
    public const string Configuration = "/data/config";

    public const string CurrentConfiguration = Configuration + "/current.conf";

    /// <summary>The box's own certificate and its key.</summary>
    public const string Certificate = "/data/tls";

    /// <summary>Bundles that are being fetched, and what was noted before an update.</summary>
    public const string Update = "/data/update";

    /// <summary>The image's unit that waits for <see cref="ResetWish"/>; no other has it.</summary>
    public const string ResetUnit = "/usr/lib/systemd/system/steelyard-reset.path";

    /// <summary>There while the box has been asked to forget everything.</summary>
    public const string ResetWish = "/run/steelyard/factory-reset";
}
