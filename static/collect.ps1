<#
.SYNOPSIS
    Collects what Signpost asks for from this machine, and packs it into one zip.

.DESCRIPTION
    Runs read-only commands that come with Windows, keeps what each of them prints, and writes one zip: a text
    file for each section and report.json, which says who ran it, when, and how each section went.

    It changes no setting, installs nothing and downloads nothing. It writes only to a folder of its own under the
    temporary folder, which it removes at the end, and to the zip. The zip stays on this machine until you send it.

    It never asks for passwords: the Winlogon key (DefaultPassword), stored credentials (cmdkey) and LAPS are not
    read at all. Only the sections with "Network" in the list speak with other computers, and they run only when
    -Only names them.

    Every section is optional and has a time limit. One that fails is noted in report.json and stops nothing. It
    runs with or without elevation and notes which; some sections need an elevated PowerShell to show all.

.PARAMETER Only
    The sections to run, separated by commas. Without it every section runs that needs no network and no account.

.PARAMETER Except
    The sections to leave out, separated by commas.

.PARAMETER Account
    The account that cannot sign in, as NAME, DOMAIN\NAME or NAME@DOMAIN. Needed by the sections about an account.

.PARAMETER OutFile
    The zip to write. It must not exist yet. Without it: signpost-MACHINE-TIME.zip in the present folder.

.PARAMETER List
    Shows every section with its command and what it reads, and runs nothing.

.EXAMPLE
    powershell -NoProfile -ExecutionPolicy Bypass -File .\collect.ps1 -List

.EXAMPLE
    powershell -NoProfile -ExecutionPolicy Bypass -File .\collect.ps1 -Only dsregcmd,rdp-tcp

.NOTES
    For Windows PowerShell 5.1 and later. Exit codes: 0 a zip was written, 1 it could not be, 2 a parameter is wrong.
#>
[CmdletBinding()]
param(
    [string[]] $Only = @(),
    [string[]] $Except = @(),
    [string] $Account = '',
    [string] $OutFile = '',
    [switch] $List
)

$ErrorActionPreference = 'Stop'
$CollectorVersion = '1.0'

# ---------------------------------------------------------------------------------------------------------------
# The sections. Id: its name. Command: exactly what is run. File: where its output goes in the zip. Reads and Why:
# for you. Elevated: without it something is missing. Network: it speaks with other computers. Seconds: its limit.
# Needs: 'Account' or 'Domain', which stand as NAME, and as DOMAIN or DC, in the command. Joined: only in a domain. Then: a second command. Takes: a file that the command
# writes into our own temporary folder, which stands as %TEMP% in the command.
# ---------------------------------------------------------------------------------------------------------------
$Sections = @(
    # How the machine is joined: the first thing most guides ask. Speaks of the machine and of the one who runs it.
    @{ Id = 'dsregcmd'; File = 'dsregcmd.txt'; Seconds = 60
       Command = 'dsregcmd /status'
       Reads = 'The state of the machine in Entra ID and in the domain'
       Why = 'Which directory can check an account here' }

    # Remote Desktop settings that a policy forces. A key that is not there is an answer too.
    @{ Id = 'terminal-services-policy'; File = 'terminal-services-policy.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"'
       Reads = 'Registry: Remote Desktop policies'
       Why = 'A policy can make Windows ask for the password again, or end sessions' }

    # The same settings as the machine itself has them. Values of the key only; nothing secret stands there.
    @{ Id = 'rdp-tcp'; File = 'rdp-tcp.txt'; Seconds = 20
       Command = 'reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"'
       Reads = 'Registry: the listener of Remote Desktop'
       Why = 'Counts where no policy forces a value' }

    # Whether Remote Desktop is on at all.
    @{ Id = 'remote-desktop-switch'; File = 'remote-desktop-switch.txt'; Seconds = 20
       Command = 'reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"'
       Reads = 'Registry: the switch of Remote Desktop'
       Why = 'Unattended runs need Remote Desktop' }

    # Software that takes part in sign-in, one subkey each: the whole list first, then their names.
    @{ Id = 'credential-providers'; File = 'credential-providers.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\Credential Providers"'
       Then = 'reg query "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\Credential Providers" /s'
       Reads = 'Registry: the names of installed credential providers'
       Why = 'Some of them keep unattended sessions from opening' }

    # Legal notice, smart card and the like. Policies only, never the Winlogon key, which may hold a password.
    @{ Id = 'logon-policies'; File = 'logon-policies.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"'
       Reads = 'Registry: policies for signing in'
       Why = 'A notice waits for a click that nobody makes' }

    # Who may sign in how. Windows exports it only to a file, so it goes to our own temporary folder. Needs elevation.
    @{ Id = 'secedit'; File = 'rights.inf'; Seconds = 90; Elevated = $true; Takes = 'rights.inf'
       Command = 'secedit /export /areas USER_RIGHTS /cfg %TEMP%\rights.inf'
       Reads = 'The local security policy: user rights only, no password policy and no hashes'
       Why = 'An account without the right for a kind of logon is refused' }

    # Who runs this script, and its groups. Helps only where that is the account in question.
    @{ Id = 'whoami'; File = 'whoami.txt'; Seconds = 30
       Command = 'whoami /all'
       Reads = 'The account that runs this script, its groups and privileges'
       Why = 'Rights are given to groups' }

    # Which policy sets what. Without elevation Windows shows the policies of the one who runs this, and not those of the machine.
    @{ Id = 'gpresult'; File = 'gpresult.txt'; Seconds = 120; Elevated = $true
       Command = 'gpresult /z'
       Reads = 'The group policies that reach this machine and you, and what they set'
       Why = 'A setting that a policy makes has to be changed in that policy' }

    # What the machine itself knows of the account: enabled, locked, expired. A domain account is not found here.
    @{ Id = 'net-user'; File = 'net-user.txt'; Seconds = 30; Needs = 'Account'
       Command = 'net user NAME'
       Reads = 'The state of a local account: active, expiry, password dates, groups. No password'
       Why = 'A disabled, locked or expired account cannot sign in' }

    # NETWORK: asks a domain controller for the same. Left out on a machine that is in no domain.
    @{ Id = 'net-user-domain'; File = 'net-user-domain.txt'; Seconds = 60; Network = $true; Needs = 'Account'; Joined = $true
       Command = 'net user NAME /domain'
       Reads = 'The state of a domain account: active, expiry, password dates, groups. No password'
       Why = 'A disabled, locked or expired account cannot sign in' }

    # When this machine locks its own accounts and lets passwords expire.
    @{ Id = 'net-accounts'; File = 'net-accounts.txt'; Seconds = 30
       Command = 'net accounts'
       Reads = 'The password age and the lockout of local accounts'
       Why = 'Shows how soon an account is locked' }

    # The Power Automate service: whether it runs.
    @{ Id = 'uiflowservice'; File = 'uiflowservice.txt'; Seconds = 20
       Command = 'sc query UIFlowService'
       Reads = 'The state of the Power Automate service'
       Why = 'Without it no flow reaches this machine' }

    # The account that the Power Automate service runs as.
    @{ Id = 'uiflowservice-account'; File = 'uiflowservice-account.txt'; Seconds = 20
       Command = 'sc qc UIFlowService'
       Reads = 'The start type and the account of the Power Automate service, no password'
       Why = 'Its account needs the right to log on as a service' }

    # The service that starts the robot of an attended or unattended run.
    @{ Id = 'agent-launcher'; File = 'agent-launcher.txt'; Seconds = 20
       Command = 'sc query UIFlowAgentLauncherService'
       Reads = 'The state of the agent launcher of Power Automate'
       Why = 'Without it no run gets its robot' }

    # The service that shares files, which the installer of Power Automate asks for sessions.
    @{ Id = 'server-service'; File = 'server-service.txt'; Seconds = 20
       Command = 'sc query LanmanServer'
       Then = 'sc qc LanmanServer'
       Reads = 'The state and the start type of the service Server'
       Why = 'The installation of Power Automate needs it' }

    # The service that installs updates, which an update of Power Automate may need.
    @{ Id = 'windows-update-service'; File = 'windows-update-service.txt'; Seconds = 20
       Command = 'sc query wuauserv'
       Then = 'sc qc wuauserv'
       Reads = 'The state and the start type of the service Windows Update'
       Why = 'Where it is disabled, Power Automate cannot be updated from the Microsoft Store' }

    # Where Windows looks for its own programs, such as PowerShell.
    @{ Id = 'environment-variables'; File = 'environment-variables.txt'; Seconds = 20
       Command = 'reg query "HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment" /v Path'
       Then = 'reg query "HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment" /v ComSpec'
       Reads = 'Registry: the search path of the machine and its command interpreter'
       Why = 'Without the folders of Windows in it, a flow does not find PowerShell' }

    # Who may use Remote Desktop by group. Windows in another language names the group otherwise and says that it is not there.
    @{ Id = 'remote-desktop-users'; File = 'remote-desktop-users.txt'; Seconds = 20
       Command = 'net localgroup "Remote Desktop Users"'
       Reads = 'The members of the group Remote Desktop Users'
       Why = 'The account of the run and the Power Automate service need it' }

    # Settings of the Power Automate service, such as how long it waits for a session.
    @{ Id = 'pad-service-settings'; File = 'pad-service-settings.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\WOW6432Node\Microsoft\Power Automate Desktop\Service"'
       Reads = 'Registry: settings of the Power Automate service'
       Why = 'A time that is too short ends a slow sign-in' }

    # The service of Remote Desktop.
    @{ Id = 'remote-desktop-service'; File = 'remote-desktop-service.txt'; Seconds = 20
       Command = 'sc query TermService'
       Reads = 'The state of the Remote Desktop service'
       Why = 'Unattended runs need it' }

    # Who is signed in, and since when.
    @{ Id = 'quser'; File = 'quser.txt'; Seconds = 30
       Command = 'quser'
       Reads = 'The users that are signed in, idle time and sign-in time'
       Why = 'An account can be signed in twice' }

    # The version of Power Automate for desktop, from the list of installed programs.
    @{ Id = 'pad-version'; File = 'pad-version.txt'; Seconds = 60; Shell = 'powershell'
       Command = 'Get-ItemProperty HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\* | Where-Object DisplayName -like ''Power Automate*'' | Format-List DisplayName, DisplayVersion'
       Reads = 'The name and version of Power Automate for desktop, no other program'
       Why = 'Versions before 2.24 do not name the reason of an error' }

    # Which tenants Power Automate may be registered to.
    @{ Id = 'pad-registration'; File = 'pad-registration.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\WOW6432Node\Microsoft\Power Automate Desktop\Registration"'
       Reads = 'Registry: the tenants that the machine may be registered to'
       Why = 'A tenant that is not on the list is refused' }

    # The proxy that is set for Power Automate for desktop.
    @{ Id = 'pad-proxy'; File = 'pad-proxy.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\Microsoft\Power Automate Desktop"'
       Reads = 'Registry: settings of Power Automate for desktop, its proxy among them'
       Why = 'A proxy in the registry comes before the one in the files' }

    # How strictly Power Automate for desktop checks certificates.
    @{ Id = 'pad-certificate-check'; File = 'pad-certificate-check.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\Microsoft\Power Automate Desktop\Global"'
       Reads = 'Registry: how Power Automate for desktop checks certificates'
       Why = 'The strict check refuses certificates that nobody can vouch for' }

    # The user profile of the Power Automate service.
    @{ Id = 'uiflowservice-profile'; File = 'uiflowservice-profile.txt'; Seconds = 20
       Command = 'reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-80-3017052307-2994996872-1615411526-3164924635-3391446484"'
       Reads = 'Registry: where the profile of the Power Automate service lies'
       Why = 'With a broken profile the machine cannot be registered' }

    # Windows, its name, domain and time zone.
    @{ Id = 'systeminfo'; File = 'systeminfo.txt'; Seconds = 120
       Command = 'systeminfo'
       Reads = 'The version of Windows, host name, domain, time zone, updates, network cards'
       Why = 'Which machine this is, and what fits it' }

    # The clock: Kerberos refuses more than five minutes of difference.
    @{ Id = 'w32tm'; File = 'w32tm.txt'; Seconds = 30
       Command = 'w32tm /query /status'
       Reads = 'Where this machine has its time from'
       Why = 'A wrong clock makes sign-ins fail' }

    # Kerberos tickets of the one who runs this: names and times, no keys.
    @{ Id = 'klist'; File = 'klist.txt'; Seconds = 30
       Command = 'klist'
       Reads = 'The names and times of your Kerberos tickets, no keys'
       Why = 'Shows whether a domain controller answers you' }

    # NETWORK: asks a domain controller for its time, three times. Sets nothing.
    @{ Id = 'clock-offset'; File = 'clock-offset.txt'; Seconds = 60; Network = $true; Needs = 'Domain'
       Command = 'w32tm /stripchart /computer:DC /samples:3'
       Reads = 'How far the clock of this machine is from that of its domain'
       Why = 'Kerberos refuses more than five minutes of difference' }

    # NETWORK: asks DNS and the domain controllers of this machine's own domain.
    @{ Id = 'domain-controller'; File = 'domain-controller.txt'; Seconds = 60; Network = $true; Needs = 'Domain'
       Command = 'nltest /dsgetdc:DOMAIN /force'
       Reads = 'Which domain controller answers'
       Why = 'Without one no domain account can be checked' }

    # NETWORK: speaks with the domain controller. Without -Repair it only tests; nltest /sc_verify would build the channel anew.
    @{ Id = 'secure-channel'; File = 'secure-channel.txt'; Seconds = 60; Elevated = $true; Network = $true; Shell = 'powershell'
       Command = 'Test-ComputerSecureChannel -Verbose'
       Reads = 'The state of the trust between this machine and its domain'
       Why = 'A broken trust refuses every domain account' }

    # NETWORK: opens and closes one connection to the sign-in service of Microsoft Entra ID, and sends nothing.
    @{ Id = 'entra-sign-in'; File = 'entra-sign-in.txt'; Seconds = 60; Network = $true; Shell = 'powershell'
       Command = 'Test-NetConnection login.microsoftonline.com -Port 443'
       Reads = 'Whether the sign-in service can be reached'
       Why = 'Without it no Entra account can be checked' }

    # Failed sign-ins of the last seven days, at most 200. Holds names of accounts and computers, never passwords.
    @{ Id = 'security-events'; File = 'security-events.txt'; Seconds = 120; Elevated = $true
       Command = 'wevtutil qe Security /q:"*[System[(EventID=4625 or EventID=4771 or EventID=4776 or EventID=4740) and TimeCreated[timediff(@SystemTime) <= 604800000]]]" /f:xml /c:200 /rd:true'
       Reads = 'Event log Security: failed sign-ins (4625, 4771, 4776) and lockouts (4740) of seven days'
       Why = 'Windows says there why it refused an account' }

    # Services that could not start.
    @{ Id = 'system-events'; File = 'system-events.txt'; Seconds = 60
       Command = 'wevtutil qe System /q:"*[System[Provider[@Name=''Service Control Manager''] and (EventID=7000 or EventID=7001 or EventID=7009 or EventID=7023 or EventID=7024 or EventID=7031 or EventID=7034 or EventID=7038 or EventID=7041) and TimeCreated[timediff(@SystemTime) <= 604800000]]]" /f:xml /c:200 /rd:true'
       Reads = 'Event log System: services that failed to start or stopped, seven days'
       Why = 'Says why a service of an automation does not run' }

    # Sessions that came and went.
    @{ Id = 'session-events'; File = 'session-events.txt'; Seconds = 60
       Command = 'wevtutil qe Microsoft-Windows-TerminalServices-LocalSessionManager/Operational /q:"*[System[(EventID=21 or EventID=22 or EventID=23 or EventID=24 or EventID=25 or EventID=39 or EventID=40) and TimeCreated[timediff(@SystemTime) <= 604800000]]]" /f:xml /c:200 /rd:true'
       Reads = 'Event log of sessions: sign-in, disconnect, sign-out, seven days'
       Why = 'Shows who ended a session, and when' }

    # Sign-ins by Remote Desktop that were accepted..
    @{ Id = 'rdp-sign-in-events'; File = 'rdp-sign-in-events.txt'; Seconds = 60
       Command = 'wevtutil qe Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational /q:"*[System[(EventID=1149 or EventID=261) and TimeCreated[timediff(@SystemTime) <= 604800000]]]" /f:xml /c:200 /rd:true'
       Reads = 'Event log of Remote Desktop: accepted connections, seven days'
       Why = 'Shows how far a connection came' }

    # Sign-ins by Remote Desktop that were refused.
    @{ Id = 'remote-desktop-events'; File = 'remote-desktop-events.txt'; Seconds = 60; Elevated = $true
       Command = 'wevtutil qe Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational /q:"*[System[(EventID=140 or EventID=139 or EventID=98 or EventID=131 or EventID=227) and TimeCreated[timediff(@SystemTime) <= 604800000]]]" /f:xml /c:200 /rd:true'
       Reads = 'Event log of Remote Desktop: refused connections, seven days'
       Why = 'A wrong password is told here too' }

    # Profiles that could not be loaded.
    @{ Id = 'profile-events'; File = 'profile-events.txt'; Seconds = 60
       Command = 'wevtutil qe Application /q:"*[System[Provider[@Name=''Microsoft-Windows-User Profiles Service''] and (EventID=1500 or EventID=1502 or EventID=1505 or EventID=1508 or EventID=1509 or EventID=1511 or EventID=1515 or EventID=1521 or EventID=1530 or EventID=1533 or EventID=1542) and TimeCreated[timediff(@SystemTime) <= 604800000]]]" /f:xml /c:200 /rd:true'
       Reads = 'Event log Application: user profiles that could not be loaded, seven days'
       Why = 'A broken profile ends a session at once' }
)

# ---------------------------------------------------------------------------------------------------------------
# Below is how it is done; nothing below is specific to a section.
# ---------------------------------------------------------------------------------------------------------------

function Get-Names([string[]] $Lists) {
    # -File hands over "a,b" as one text.
    @($Lists | ForEach-Object { $_ -split ',' } | ForEach-Object { $_.Trim() } | Where-Object { $_ })
}

function Get-OemEncoding {
    # Console tools print in this code page when their output is redirected.
    try {
        $page = (Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\Nls\CodePage').OEMCP
        [System.Text.Encoding]::GetEncoding([int] $page)
    } catch {
        [System.Text.Encoding]::UTF8
    }
}

function ConvertFrom-Bytes([byte[]] $Bytes) {
    # Some tools print UTF-16 or UTF-8, most the code page of the console.
    if ($Bytes.Length -eq 0) { return '' }
    $zeros = 0
    $look = [Math]::Min($Bytes.Length, 400)
    for ($at = 1; $at -lt $look; $at += 2) {
        if ($Bytes[$at] -eq 0) { $zeros += 1 }
    }
    if ($zeros * 4 -gt $look) {
        return [System.Text.Encoding]::Unicode.GetString($Bytes).TrimStart([char] 0xFEFF)
    }
    try {
        $strict = New-Object System.Text.UTF8Encoding($false, $true)
        return $strict.GetString($Bytes).TrimStart([char] 0xFEFF)
    } catch {
        return (Get-OemEncoding).GetString($Bytes)
    }
}

function Test-Elevated {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object System.Security.Principal.WindowsPrincipal($identity)
    $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Get-Domain {
    # The domain of the machine, empty in a workgroup. Read from the registry, without asking the network.
    $path = 'HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
    $found = Get-ItemProperty -LiteralPath $path -ErrorAction SilentlyContinue
    if ($found -and $found.Domain) { return [string] $found.Domain }
    return ''
}

function Test-KeyMissing([string] $Command) {
    # "reg query" says in the language of Windows that a key is not there. This says it in any language: $true only
    # when the key is surely missing, never when it could not be opened.
    if ($Command -notmatch '^reg query "HKLM\\([^"]+)"') { return $false }
    try {
        $hive = [Microsoft.Win32.RegistryHive]::LocalMachine
        $view = [Microsoft.Win32.RegistryView]::Registry64
        $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey($hive, $view)
        return ($null -eq $root.OpenSubKey($Matches[1]))
    } catch {
        return $false
    }
}

function Invoke-Tool([string] $Command, [string] $Shell, [int] $Seconds, [string] $System, [string] $Work) {
    # Runs one tool of Windows by its full path and gives its output, exit code and error.
    $result = @{ Output = ''; ExitCode = $null; Error = '' }
    $line = $Command.Replace('%TEMP%', $Work)
    if ($Shell -eq 'powershell') {
        $program = Join-Path $System 'WindowsPowerShell\v1.0\powershell.exe'
        $line = '-NoProfile -NonInteractive -Command "' + $line + ' | Out-String -Width 400"'
    } else {
        $word, $line = $line -split ' ', 2
        $program = Join-Path $System ($word + '.exe')
    }
    if (-not (Test-Path -LiteralPath $program)) {
        $result.Error = 'This machine does not have ' + $program
        return $result
    }
    $start = New-Object System.Diagnostics.ProcessStartInfo
    $start.FileName = $program
    $start.Arguments = [string] $line
    $start.WorkingDirectory = $System
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = New-Object System.Diagnostics.Process
    $process.StartInfo = $start
    $printed = New-Object System.IO.MemoryStream
    $complained = New-Object System.IO.MemoryStream
    [void] $process.Start()
    $process.StandardInput.Close()
    $copies = @(
        $process.StandardOutput.BaseStream.CopyToAsync($printed),
        $process.StandardError.BaseStream.CopyToAsync($complained)
    )
    $cut = -not $process.WaitForExit($Seconds * 1000)
    if ($cut) {
        try { $process.Kill() } catch { $result.Error = $_.Exception.Message }
    }
    [void] [System.Threading.Tasks.Task]::WaitAll([System.Threading.Tasks.Task[]] $copies, 5000)
    $result.Output = ConvertFrom-Bytes $printed.ToArray()
    $said = (ConvertFrom-Bytes $complained.ToArray()).Trim()
    if ($said) {
        $result.Output = $result.Output + "`r`n" + $said + "`r`n"
    }
    if ($cut) {
        # Readers must not take what was cut off for a complete list.
        $result.Error = "It took longer than $Seconds seconds and was stopped"
        $result.Output = $result.Output + "`r`nERROR: " + $result.Error + "`r`n"
    } else {
        $result.ExitCode = $process.ExitCode
        if ($said -and $process.ExitCode -ne 0) { $result.Error = $said }
    }
    return $result
}

function Invoke-Section([hashtable] $Section, [string] $Work, [string] $System, [string] $Domain, [string] $Name) {
    # Runs one section, writes its file, and gives its entry for report.json. Never throws.
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    # A $ in a name must not become a group of the pattern.
    $command = $Section.Command -creplace '\b(DOMAIN|DC)\b', $Domain.Replace('$', '$$')
    $command = $command -creplace '\bNAME\b', $Name.Replace('$', '$$')
    $entry = [ordered] @{
        id = $Section.Id
        command = $command
        file = $Section.File
        started = (Get-Date).ToString('yyyy-MM-ddTHH:mm:sszzz', [System.Globalization.CultureInfo]::InvariantCulture)
    }
    $path = Join-Path $Work ('report\' + $Section.File)
    $prompt = 'C:\>'
    if ($Section.Shell -eq 'powershell') { $prompt = 'PS C:\> ' }
    try {
        $result = Invoke-Tool $command ([string] $Section.Shell) $Section.Seconds $System $Work
        $text = $prompt + $command + "`r`n`r`n" + $result.Output
        if ($Section.Then) {
            $second = Invoke-Tool $Section.Then ([string] $Section.Shell) $Section.Seconds $System $Work
            $text = $text + "`r`n" + $prompt + $Section.Then + "`r`n`r`n" + $second.Output
            if (-not $result.Error) { $result.Error = $second.Error }
        }
        if ($result.ExitCode -eq 1 -and (Test-KeyMissing $command)) {
            # Checked by itself, for the languages that the readers do not know.
            $text = $prompt + $command + "`r`n`r`nERROR: The system was unable to find the specified registry key or value.`r`n"
            $result.Error = ''
        }
        if ($Section.Takes) {
            $taken = Join-Path $Work $Section.Takes
            if (Test-Path -LiteralPath $taken) {
                $text = ConvertFrom-Bytes ([System.IO.File]::ReadAllBytes($taken))
            } elseif (-not $result.Error) {
                $result.Error = 'It wrote nothing. ' + $result.Output.Trim()
            }
        }
        if ($null -ne $result.ExitCode) { $entry.exit_code = $result.ExitCode }
        if ($result.Error) { $entry.error = $result.Error }
    } catch {
        $text = $prompt + $command + "`r`n`r`nERROR: " + $_.Exception.Message + "`r`n"
        $entry.error = $_.Exception.Message
    }
    $entry.duration_ms = [int] $clock.ElapsedMilliseconds
    try {
        [System.IO.File]::WriteAllText($path, $text, (New-Object System.Text.UTF8Encoding($false)))
    } catch {
        $entry.error = $_.Exception.Message
        $entry.Remove('file')
    }
    return $entry
}

function Select-Sections([string[]] $Wanted, [string[]] $Unwanted, [string] $Domain, [string] $Name) {
    # Which sections run: those that are named, else all that need neither the network nor an account.
    foreach ($section in $Sections) {
        $named = $Wanted -contains $section.Id
        if ($Unwanted -contains $section.Id) { continue }
        if ($Wanted.Count -gt 0 -and -not $named) { continue }
        if ($section.Network -and -not $named) { continue }
        if ($section.Needs -eq 'Account' -and -not $Name) {
            if ($named) { Write-Warning ($section.Id + ' is left out: give the account with -Account.') }
            continue
        }
        if (($section.Needs -eq 'Domain' -or $section.Joined) -and -not $Domain) {
            if ($named) { Write-Warning ($section.Id + ' is left out: this machine is in no domain.') }
            continue
        }
        $section
    }
}

function Show-Sections {
    foreach ($section in $Sections) {
        $marks = @()
        if ($section.Elevated) { $marks += 'needs an elevated PowerShell' }
        if ($section.Network) { $marks += 'Network' }
        if ($section.Needs -eq 'Account') { $marks += 'needs -Account' }
        Write-Output $section.Id
        Write-Output ('    runs   ' + $section.Command)
        Write-Output ('    reads  ' + $section.Reads)
        Write-Output ('    why    ' + $section.Why)
        if ($marks.Count -gt 0) { Write-Output ('    note   ' + ($marks -join ', ')) }
    }
}

function Get-OutFile([string] $Asked) {
    # An elevated prompt starts in the Windows folder, which is no place for a report.
    if ($Asked) { return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Asked) }
    $folder = (Get-Location -PSProvider FileSystem).ProviderPath
    if ($folder.StartsWith($env:windir, [System.StringComparison]::OrdinalIgnoreCase)) {
        $folder = [System.Environment]::GetFolderPath('Desktop')
    }
    $time = (Get-Date).ToString('yyyyMMdd-HHmmss', [System.Globalization.CultureInfo]::InvariantCulture)
    return (Join-Path $folder ('signpost-' + $env:COMPUTERNAME + '-' + $time + '.zip'))
}

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Write-Warning 'This PowerShell runs in a restricted language mode (a policy of your organisation). Run the commands by hand: every section names its own.'
    exit 2
}

if ($List) {
    Show-Sections
    exit 0
}

$known = @($Sections | ForEach-Object { $_.Id })
$wanted = @(Get-Names $Only)
$unwanted = @(Get-Names $Except)
$unknown = @(($wanted + $unwanted) | Where-Object { $known -notcontains $_ })
if ($unknown.Count -gt 0) {
    Write-Warning ('There is no section ' + ($unknown -join ', ') + '. There are: ' + ($known -join ', '))
    exit 2
}
# What stands in a command line must be a plain name.
if ($Account -and $Account -notmatch '^[\w.-][\w.$ -]{0,63}([\\@][\w.$ -]{1,64})?$') {
    Write-Warning 'The account is written as NAME, DOMAIN\NAME or NAME@DOMAIN.'
    exit 2
}
$domain = Get-Domain
if ($domain -notmatch '^[\w.-]{1,255}$') { $domain = '' }
$name = (($Account -split '\\')[-1] -split '@')[0]
if ($name -match ' ') { $name = '"' + $name + '"' }

$target = Get-OutFile $OutFile
if (Test-Path -LiteralPath $target) {
    Write-Warning ('There is a file ' + $target + ' already. Name another with -OutFile.')
    exit 2
}

# A 32-bit PowerShell sees another registry; Sysnative leads to the tools of 64-bit Windows.
$system = Join-Path $env:windir 'System32'
if ([System.Environment]::Is64BitOperatingSystem -and -not [System.Environment]::Is64BitProcess) {
    $system = Join-Path $env:windir 'Sysnative'
}
$work = Join-Path ([System.IO.Path]::GetTempPath()) ('signpost-' + [System.Guid]::NewGuid().ToString('N'))
$now = Get-Date
$culture = [System.Globalization.CultureInfo]::InvariantCulture
$written = $false
try {
    [void] [System.IO.Directory]::CreateDirectory((Join-Path $work 'report'))
    $report = [ordered] @{
        schema = 'signpost.report/1'
        collector = [ordered] @{ name = 'collect.ps1'; version = $CollectorVersion }
        machine = $env:COMPUTERNAME
        domain = $domain
        account = [System.Security.Principal.WindowsIdentity]::GetCurrent().Name
        elevated = [bool] (Test-Elevated)
        taken = $now.ToString('yyyy-MM-ddTHH:mm:sszzz', $culture)
        taken_utc = $now.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', $culture)
        time_zone = [System.TimeZoneInfo]::Local.Id
        culture = (Get-Culture).Name
        ui_culture = (Get-UICulture).Name
        powershell = $PSVersionTable.PSVersion.ToString()
        sections = @()
    }
    foreach ($section in @(Select-Sections $wanted $unwanted $domain $name)) {
        Write-Output ($section.Id + ': ' + $section.Command)
        $entry = Invoke-Section $section $work $system $domain $name
        if ($entry.error) { Write-Output ('    ' + $entry.error) }
        $report.sections += $entry
    }
    $json = ConvertTo-Json -InputObject $report -Depth 6
    $utf8 = New-Object System.Text.UTF8Encoding($false)
    [System.IO.File]::WriteAllText((Join-Path $work 'report\report.json'), $json, $utf8)
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    [System.IO.Compression.ZipFile]::CreateFromDirectory((Join-Path $work 'report'), $target)
    $written = $true
    Write-Output ''
    Write-Output ('Written: ' + $target)
    Write-Output 'Look into it if you like, then send it to Signpost.'
} catch {
    Write-Warning ('The report could not be written: ' + $_.Exception.Message)
} finally {
    if (Test-Path -LiteralPath $work) {
        Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
    }
}
if ($written) { exit 0 }
exit 1
