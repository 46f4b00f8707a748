namespace Steelyard.Host.Api;

/// <summary>
/// What the box says when a change of services cannot be made. The sentences are those that users
/// of LVS know.
/// </summary>
public static class IpvsRefusal
{
    public static ControlAnswer ServiceExists { get; } =
        ControlAnswer.Refused("service_exists", "Service already exists");

    /// <summary>For a change of the service itself.</summary>
    public static ControlAnswer NoSuchService { get; } =
        ControlAnswer.Refused("no_such_service", "No such service");

    /// <summary>For a change of one of its servers.</summary>
    public static ControlAnswer ServiceNotDefined { get; } =
        ControlAnswer.Refused("service_not_defined", "Service not defined");

    public static ControlAnswer DestinationExists { get; } =
        ControlAnswer.Refused("destination_exists", "Destination already exists");

    public static ControlAnswer NoSuchDestination { get; } =
        ControlAnswer.Refused("no_such_destination", "No such destination");

    public static ControlAnswer NoSuchScheduler { get; } = ControlAnswer.Refused(
        "no_such_scheduler", "Scheduler or persistence engine not found");

    /// <summary>A lower threshold above the upper one.</summary>
    public static ControlAnswer OutOfRange { get; } =
        ControlAnswer.Refused("out_of_range", "Numerical result out of range");

    /// <summary>A server's address that no server can have.</summary>
    public static ControlAnswer InvalidOperation { get; } = ControlAnswer.Refused(
        "invalid_operation",
        "Invalid operation.  Possibly wrong module version, address not unicast, ...");

    /// <summary>The interface of a sync daemon is not there.</summary>
    public static ControlAnswer NoDevice { get; } =
        ControlAnswer.Refused("no_device", "No such device");

    public static ControlAnswer NoDaemon { get; } =
        ControlAnswer.Refused("no_daemon", "No daemon is running");

    public static ControlAnswer DaemonRuns { get; } =
        ControlAnswer.Refused("daemon_runs", "Daemon has already run");
}
