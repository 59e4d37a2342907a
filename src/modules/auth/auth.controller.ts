import { Body, Controller, Get, HttpCode, Post, Put, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, IgnoreCredentials, Public, RequireScope, SessionOnly } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { ClientAddress } from '../../common/http/client-address.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { AccountsService } from './accounts.service.js';
import { MessageDto, OwnUserDto, SignedInDto, TokensDto, UpdatedUserDto } from './dto/auth-answers.dto.js';
import { ChangePasswordDto, LoginDto, RefreshDto, RegisterDto } from './dto/auth-requests.dto.js';
import { UpdateProfileDto } from './dto/update-profile.dto.js';
import { PasswordsService } from './passwords.service.js';
import { RefreshCredential } from './refresh-credential.decorator.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

@ApiTags('Auth')
@Controller('api/auth')
@UseInterceptors(NoStoreInterceptor)
export class AuthController {
  constructor(
    private readonly signIn: SignInService,
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordsService,
  ) {}

  @Post('register')
  @Public()
  @ApiBearerAuth('accessToken')
  @ApiOperation({
    summary: 'Create an account',
    description:
      'The first account is the administrator. With AUTH_REGISTRATION=closed later ones need the token of an administrator.',
  })
  @ApiCreatedResponse({ type: SignedInDto })
  @ApiErrors(400, 401, 403)
  async register(
    @Caller() caller: Principal | undefined,
    @Body() body: RegisterDto,
    @ClientAddress() address: string,
  ): Promise<SignedInDto> {
    return SignedInDto.from('User registered successfully', await this.signIn.register(caller, body, address));
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @IgnoreCredentials()
  @ApiOperation({
    summary: 'Sign in',
    description:
      'Ten failures of one account from one address in 15 minutes: 429 until the quarter of an hour is over.',
  })
  @ApiOkResponse({ type: SignedInDto })
  @ApiErrors(400, 401)
  async login(@Body() body: LoginDto, @ClientAddress() address: string): Promise<SignedInDto> {
    return SignedInDto.from('Login successful', await this.signIn.login(body.email, body.password, address));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @IgnoreCredentials()
  @ApiBody({ type: RefreshDto, required: false })
  @ApiOperation({
    summary: 'Exchange a refresh token for new tokens',
    description:
      'The refresh token as Bearer or in the body. It is replaced each time; the one before is answered once more within 10 seconds, any older one ends the session.',
  })
  @ApiOkResponse({ type: TokensDto })
  @ApiErrors(400, 401)
  async refresh(@Body() _body: RefreshDto, @RefreshCredential() token: string | null): Promise<TokensDto> {
    return TokensDto.from(await this.sessions.refresh(token));
  }

  @Post('logout')
  @HttpCode(200)
  @SessionOnly()
  @ApiOperation({ summary: 'Sign out', description: 'Ends this session: its refresh and access tokens are refused.' })
  @ApiOkResponse({ type: MessageDto })
  @ApiErrors(403)
  async logout(@Caller() caller: Principal): Promise<MessageDto> {
    await this.sessions.end(caller);
    return MessageDto.of('Logged out successfully');
  }

  @Get('me')
  @RequireScope('read')
  @ApiOperation({ summary: 'The signed-in user' })
  @ApiOkResponse({ type: OwnUserDto })
  @ApiErrors(403, 404)
  async me(@Caller() caller: Principal): Promise<OwnUserDto> {
    return OwnUserDto.from(await this.accounts.get(caller));
  }

  @Put('update-profile')
  @ApiOperation({ summary: 'Change name and settings', description: 'What is not given stays as it is.' })
  @ApiOkResponse({ type: UpdatedUserDto })
  @ApiErrors(400, 403, 404)
  async updateProfile(@Caller() caller: Principal, @Body() body: UpdateProfileDto): Promise<UpdatedUserDto> {
    return UpdatedUserDto.from(await this.accounts.updateProfile(caller, body));
  }

  @Put('password')
  @ApiOperation({ summary: 'Change the password', description: 'Ends all sessions, this one included.' })
  @ApiOkResponse({ type: MessageDto, example: { message: 'Password changed; sign in again' } })
  @ApiErrors(400, 403, 404)
  async changePassword(
    @Caller() caller: Principal,
    @Body() body: ChangePasswordDto,
    @ClientAddress() address: string,
  ): Promise<MessageDto> {
    await this.passwords.change(caller, body.current, body.new, address);
    return MessageDto.of('Password changed; sign in again');
  }
}
