using System;
using System.CommandLine;
using Steelyard.Host.Api;

namespace Steelyard.Host.Commands;

/// <summary>
/// Where the box's control socket is: the option, else the environment, else the usual place.
/// </summary>
internal static class SocketOption
{
    public const string Name = "--socket";
    public const string Variable = "STEELYARD_SOCKET";

    public static string Default =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path
            ? path
            : ControlSocket.DefaultPath;

    public static Option<string> Create() => new(Name)
    {
        HelpName = "PATH",
        Description = $"The box's control socket. Also from {Variable}.",
        DefaultValueFactory = _ => Default,
    };
}
