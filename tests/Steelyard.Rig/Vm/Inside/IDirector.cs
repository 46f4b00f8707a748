using System;
using System.Collections.Generic;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>What a command line came to.</summary>
internal sealed record Answer(int Code, string Output, string Error);

/// <summary>One of the two that are compared.</summary>
internal interface IDirector : IDisposable
{
    string Name { get; }

    Wires Wires { get; }

    /// <summary>To which station clients, or servers, send what it shall forward.</summary>
    MacAddress StationFor(bool isFromServer, bool isIpv4);

    /// <summary>Sets switches of LVS, named as its sysctls.</summary>
    void Settle(IReadOnlyList<(string Name, int Value)> settings);

    Answer Ipvsadm(IReadOnlyList<string> words, string input);
}
