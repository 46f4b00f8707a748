using System;
using Steelyard.Bench;

switch (args)
{
    case ["connections"]:
        return ConnectionsBench.Run();
    case ["engine"]:
        return EngineBench.Run();
    case ["ports", .. string[] rest]:
        return PortsBench.Run(rest);
    default:
        Console.Error.WriteLine("usage: Steelyard.Bench connections | engine | ports [SECONDS]");
        return 2;
}
