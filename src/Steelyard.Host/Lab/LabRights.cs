using System;
using System.Threading;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Lab;

/// <summary>
/// The lab makes networks, and that takes rights. Root has them; an ordinary user has them in a
/// user namespace of his own, where the kernel allows one.
/// </summary>
internal static class LabRights
{
    private const string Marker = "STEELYARD_LAB_IN_USER_NAMESPACE";
    private const string RootUser = "root";
    private const int LowestPriority = 1;
    private const string Lack = "the lab lacks the right to make networks";

    /// <summary>
    /// Boxes may run with real-time priority. Asked of the kernel: root of a user namespace holds
    /// CAP_SYS_NICE in name only.
    /// </summary>
    public static bool GrantRealTime
    {
        get
        {
            bool isGranted = false;
            Thread trial = new(() => isGranted = ThreadTuning.TrySetRealTime(LowestPriority));
            trial.Start();
            trial.Join();
            return isGranted;
        }
    }

    /// <summary>
    /// Returns with the rights, or starts the program anew with them, or says what lacks.
    /// </summary>
    public static void Obtain()
    {
        Capabilities rights = Capabilities.Read();
        if (rights.HasSysAdmin && rights.HasNetAdmin && rights.HasNetRaw)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Marker) is not null)
        {
            throw new LabException(Lack + ", even as root of its own user namespace");
        }

        if (!UserNamespace.IsAllowed(out string reason))
        {
            throw new LabException(Environment.UserName == RootUser
                ? $"{Lack}: this root has no CAP_SYS_ADMIN, as in a container; start the container "
                    + "with --privileged"
                : $"{Lack}: {reason}");
        }

        UserNamespace.StartAnew(LabProgramFile.Executable, LabProgramFile.OwnArguments, Marker);
    }
}
